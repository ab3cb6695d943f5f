"""A9: the examples for nginx, systemd and containers, run and read as they are, keep nothing about anybody."""

import configparser
import re
import shutil
import ssl
import subprocess
import sys
import time

import httpx
import pytest
import uvicorn
import yaml

from app import cli
from tests.browser.conftest import free_port
from tests.conftest import ROOT
from tests.reflections.conftest import Writer, code_of

EXAMPLES = ROOT / "deploy" / "reflections"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
ANALYZE = shutil.which("systemd-analyze")
LOGGING = "access_log {folder}/log/access.log; error_log {folder}/log/error.log info;"
"""What nearly every example for nginx has."""


class TestTheServer:
    @pytest.fixture
    def asked(self, monkeypatch):
        asked = {}
        monkeypatch.setattr(uvicorn, "run", lambda *_arguments, **options: asked.update(options))
        return asked

    @pytest.mark.parametrize("start", [cli.box, lambda: cli._listen("127.0.0.1", 8000)], ids=["box", "serve"])
    def test_is_one_process_whatever_the_environment_says(self, asked, monkeypatch, start):
        monkeypatch.setenv("WEB_CONCURRENCY", "4")
        start()
        assert uvicorn.Config("app.main:create_app", workers=asked["workers"]).workers == 1
        assert uvicorn.Config("app.main:create_app").workers == 4

    def test_is_started_without_a_log(self, asked):
        cli.box()
        wanted = {"access_log": False, "proxy_headers": False, "server_header": False, "date_header": False}
        assert wanted.items() <= asked.items()


def prepared(folder, upstream, *, naive=False):
    """The example with its paths below a folder and with free ports; every place must be found exactly once."""
    port, config = free_port(), (EXAMPLES / "nginx.conf").read_text()
    certificate = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=reflect.example.org"]
    files = ["-keyout", f"{folder}/reflections.key", "-out", f"{folder}/reflections.crt"]
    subprocess.run(["openssl", "req", *certificate, *files], check=True, capture_output=True)
    changes = {
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
        "proxy_pass http://127.0.0.1:8001;": f"proxy_pass http://127.0.0.1:{upstream};",
        "/etc/throughline/reflections.crt": f"{folder}/reflections.crt",
        "/etc/throughline/reflections.key": f"{folder}/reflections.key",
    }
    if naive:
        changes |= {"    access_log off;\n    error_log /dev/null crit;": LOGGING.format(folder=folder)}
    for old, new in changes.items():
        assert config.count(old) == 1
        config = config.replace(old, new)
    (folder / "nginx.conf").write_text(config.replace("/run/reflections-proxy", f"{folder}/run"))
    (folder / "run").mkdir()
    (folder / "log").mkdir()
    return port


class Proxy:
    def __init__(self, folder, port):
        config = ["-e", "/dev/null", "-c", str(folder / "nginx.conf"), "-p", str(folder), "-g", "daemon off;"]
        with (folder / "log" / "said").open("wb") as said:
            self.process = subprocess.Popen([NGINX, *config], stdout=said, stderr=said)
        trusted = ssl.create_default_context(cafile=folder / "reflections.crt")
        trusted.check_hostname = False
        self.client = httpx.Client(base_url=f"https://127.0.0.1:{port}", verify=trusted, timeout=20)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                self.client.get("/healthz")
                return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise AssertionError((folder / "log" / "said").read_text())

    def stop(self):
        self.client.close()
        self.process.terminate()
        self.process.wait()


def asked_badly_and_well(proxy):
    """A reflection, and everything that makes a proxy complain; answers the receipt."""
    marked = dict.fromkeys(("User-Agent", "Referer", "Cookie", "X-Forwarded-For", "X-Kingfisher"), "kingfisher")
    code = code_of(Writer(proxy.client).write(headers=marked, query="?from=kingfisher").text)
    for path in ("/kingfisher", "/en/%00kingfisher", "/../kingfisher"):
        proxy.client.get(path, headers=marked)
    assert proxy.client.post("/en/write", content=b"kingfisher" * 20_000, headers=marked).status_code == 413
    proxy.client.request("KINGFISHER", "/en", headers=marked)
    return code


def holding_marks(folder):
    names = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in names if any(mark in path.read_bytes() for mark in (b"kingfisher", b"127.0.0.1, "))]


@pytest.mark.skipif(not NGINX, reason="nginx is not installed (apt-get install nginx-light)")
class TestTheProxy:
    def test_lets_a_reflection_through_and_writes_nothing(self, process, tmp_path):
        folder = tmp_path / "proxy"
        folder.mkdir()
        running = process()
        proxy = Proxy(folder, prepared(folder, running.port))
        assert asked_badly_and_well(proxy)
        running.kill()
        assert proxy.client.get("/en?kingfisher").status_code == 502
        proxy.stop()
        assert holding_marks(tmp_path) == []
        assert [path.name for path in (folder / "log").iterdir() if path.stat().st_size] == []
        assert [path for path in (folder / "run").rglob("*") if path.is_file()] == []

    def test_writes_the_sender_down_in_the_naive_one(self, process, tmp_path):
        folder = tmp_path / "proxy"
        folder.mkdir()
        proxy = Proxy(folder, prepared(folder, process().port, naive=True))
        asked_badly_and_well(proxy)
        proxy.stop()
        assert {"access.log", "error.log"} <= set(holding_marks(folder))


def test_the_proxy_counts_nobody():
    config = re.sub(r"#.*", "", (EXAMPLES / "nginx.conf").read_text())
    assert "access_log off;" in config
    assert set(re.findall(r"error_log (\S+)", config)) == {"/dev/null"}
    assert not re.search(r"limit_(req|conn)|geoip|remote_addr|x_forwarded|real_ip|proxy_protocol", config)


def unit(name):
    read = configparser.RawConfigParser(strict=False)
    read.optionxform = str
    read.read(EXAMPLES / name)
    return read


UNITS = ["throughline-reflections.service", "throughline-reflections-proxy.service"]


@pytest.mark.parametrize("name", UNITS)
class TestTheServices:
    def test_keep_no_word_and_no_memory(self, name):
        service = unit(name)["Service"]
        wanted = {"StandardOutput": "null", "StandardError": "null", "LimitCORE": "0", "MemorySwapMax": "0"}
        assert wanted.items() <= dict(service).items()

    @pytest.mark.skipif(not ANALYZE, reason="systemd-analyze is not installed")
    def test_are_understood_by_systemd(self, name, tmp_path):
        assert complaints(tmp_path / name) == []
        assert complaints(tmp_path / name, ("LimitCORE", "LimitCores"))


def complaints(path, change=("", "")):
    """What systemd says of an example; only its programs are replaced, by ones that are there."""
    text = (EXAMPLES / path.name).read_text().replace(*change)
    for program in ("/opt/throughline/.venv/bin/throughline", "/usr/sbin/nginx"):
        text = text.replace(f"ExecStart={program}", f"ExecStart={sys.executable}")
    path.write_text(text.replace(" throughline-reflections.service\n", "\n"))
    told = subprocess.run([ANALYZE, "verify", "--man=no", path], capture_output=True, text=True, check=False)
    return [line for line in (told.stdout + told.stderr).splitlines() if path.name in line]


def test_the_box_as_a_service_cannot_reach_the_main_site():
    service = unit(UNITS[0])["Service"]
    assert service["User"] == "throughline-reflections"
    assert "-/var/lib/throughline" in service["InaccessiblePaths"].split()
    assert (service["IPAddressDeny"], service["IPAddressAllow"]) == ("any", "localhost")


class TestTheContainers:
    def test_are_what_a_compose_file_may_say(self, tmp_path):
        """Against the schema of the Compose Specification, which the library brings along."""
        example = (EXAMPLES / "compose.yaml").read_text()
        (tmp_path / "misspelled.yaml").write_text(example.replace("read_only:", "readonly:"))
        check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
        told = [
            subprocess.run([*check, path], capture_output=True, text=True, check=False)
            for path in (EXAMPLES / "compose.yaml", tmp_path / "misspelled.yaml")
        ]
        assert [one.returncode for one in told] == [0, 1], told[0].stdout
        assert "'readonly' was unexpected" in told[1].stdout

    def test_keep_no_log_no_memory_and_nothing_outside_their_volumes(self):
        services = yaml.safe_load((EXAMPLES / "compose.yaml").read_text())["services"]
        assert set(services) == {"box", "proxy"}
        for service in services.values():
            assert service["logging"] == {"driver": "none"}
            assert service["ulimits"] == {"core": 0}
            assert service["mem_limit"] == service["memswap_limit"]
            assert service["read_only"] is True

    def test_reach_the_box_through_the_proxy_alone(self):
        services = yaml.safe_load((EXAMPLES / "compose.yaml").read_text())["services"]
        assert services["box"]["network_mode"] == "service:proxy"
        assert "ports" not in services["box"]
        assert "THROUGHLINE_DATABASE_URL" not in services["box"]["environment"]
