"""Finds, and as root on Debian installs, the PostgreSQL server, the browser, the proxy and the libraries of the tests.

Prints shell lines with what was found:

    export THROUGHLINE_TEST_POSTGRES=...   SQLAlchemy URL of a server in which databases can be created
    export THROUGHLINE_TEST_CHROMIUM=...   path of the browser

Everything else it has to say goes to standard error. In continuous integration (CI=true) a missing one is an error;
elsewhere the tests that need it are left out, and the summary says so. The proxy is looked for by the tests of the
deployment examples themselves, below the folders of PROXIES. strace, which a container may forbid, is no error.
"""

import getpass
import os
import shlex
import shutil
import subprocess
import sys
import time

import psycopg
from sqlalchemy import URL, make_url

SOCKET_DIRECTORY = "/var/run/postgresql"
PANGO = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
"""What sets PDF files; Chromium brings some of it along."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PROXIES = "/usr/sbin:/usr/bin:/usr/local/sbin"
"""Where nginx is installed; the first of them is often in nobody's PATH."""
INSTALL_COMMAND = (
    f"sudo apt-get install -y postgresql chromium nginx-light strace {' '.join(PANGO)} "
    f"&& sudo -u postgres createuser --createdb {getpass.getuser()}"
)
# Without a UTF-8 locale, Debian creates its first cluster with the encoding SQL_ASCII.
DEBIAN_ENVIRONMENT = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def succeeds(*command: str) -> bool:
    """Run a program, its output on standard error, and tell whether it went well."""
    try:
        return subprocess.run(command, stdout=sys.stderr, env=DEBIAN_ENVIRONMENT, check=False).returncode == 0
    except FileNotFoundError:
        return False


def on_debian_as_root() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(package: str) -> None:
    say(f"Installing {package} from Debian's packages.")
    if not succeeds("apt-get", "install", "-y", "-qq", package):
        # The list of packages of a fresh machine is often empty or old.
        succeeds("apt-get", "update", "-qq")
        succeeds("apt-get", "install", "-y", "-qq", package)


def clusters() -> list[list[str]]:
    """Debian's PostgreSQL clusters on this machine: version, name, port, status, and more."""
    try:
        listed = subprocess.run(["pg_lsclusters", "--no-header"], capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return []
    return [line.split() for line in listed.splitlines()]


def possible_servers() -> list[URL]:
    given = os.environ.get("THROUGHLINE_TEST_POSTGRES")
    if given:
        return [make_url(given)]
    ports = [int(port) for _version, _name, port, *_ in clusters()] or [5432]
    return [
        URL.create("postgresql+psycopg", username=user, host=host, port=port, database="postgres", query=query)
        for host, query in ((None, {"host": SOCKET_DIRECTORY}), ("127.0.0.1", {}))
        for port in ports
        for user in dict.fromkeys((getpass.getuser(), "postgres"))
    ]


def creates_databases(url: URL) -> bool:
    """Whether this server answers and lets this user create databases."""
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            role = connection.execute("select rolsuper or rolcreatedb from pg_roles where rolname = current_user")
            return role.fetchone() == (True,)
    except psycopg.OperationalError:
        return False


def answering_server() -> URL | None:
    return next((url for url in possible_servers() if creates_databases(url)), None)


def start_clusters() -> None:
    """Start every Debian cluster that is down, and let root create databases in it."""
    for version, name, port, status, *_ in clusters():
        if status.startswith("down"):
            succeeds("pg_ctlcluster", version, name, "start")
            time.sleep(1)
        succeeds("runuser", "-u", "postgres", "--", "createuser", "--port", port, "--createdb", "root")


def find_postgres() -> str | None:
    server = answering_server()
    if server is None and "THROUGHLINE_TEST_POSTGRES" not in os.environ and on_debian_as_root():
        if not clusters():
            install("postgresql")
        start_clusters()
        server = answering_server()
    return server.render_as_string(hide_password=False) if server else None


def answering_browser() -> str | None:
    given = os.environ.get("THROUGHLINE_TEST_CHROMIUM")
    paths = [given] if given else [shutil.which(name) for name in BROWSERS]
    return next((path for path in paths if path and succeeds(path, "--version")), None)


def find_chromium() -> str | None:
    browser = answering_browser()
    if browser is None and "THROUGHLINE_TEST_CHROMIUM" not in os.environ and on_debian_as_root():
        install("chromium")
        browser = answering_browser()
    return browser


def has_pango() -> bool:
    """Whether PDF files can be set. Another Python process finds out, because the answer is kept in one."""
    return succeeds(sys.executable, "-c", "import weasyprint")


def find_pango() -> bool:
    if not has_pango() and on_debian_as_root():
        for package in PANGO:
            install(package)
    return has_pango()


def find_program(name: str, package: str) -> bool:
    if not shutil.which(name, path=PROXIES) and on_debian_as_root():
        install(package)
    return shutil.which(name, path=PROXIES) is not None


def main() -> int:
    found = {"THROUGHLINE_TEST_POSTGRES": find_postgres(), "THROUGHLINE_TEST_CHROMIUM": find_chromium()}
    for name, value in found.items():
        if value:
            print(f"export {name}={shlex.quote(value)}")
            say(f"{name}={value}")
    missing = [name for name, value in found.items() if not value]
    if not find_pango():
        missing.append("the libraries for PDF")
    if not find_program("nginx", "nginx-light"):
        missing.append("nginx")
    if not find_program("strace", "strace"):
        say("strace is not installed, so no power cut is tried: apt-get install strace")
    if missing:
        say(f"Nothing answers for {' and '.join(missing)}. To install what the tests use:\n    {INSTALL_COMMAND}")
    return 1 if missing and os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
