# The program as one small image: wheels are built in the first stage, the second has no compiler and no source tree.
#
#   docker build -t throughline .
#   docker run --read-only --tmpfs /tmp --cap-drop ALL -v throughline:/data -p 8000:8000 throughline

FROM python:3.11-slim AS wheels
WORKDIR /source
COPY constraints.txt ./
RUN pip install --no-cache-dir --constraint constraints.txt pip hatchling
COPY . .
RUN pip wheel --no-cache-dir --no-build-isolation --constraint constraints.txt --wheel-dir /wheels .

FROM python:3.11-slim
# PDF files are set with Pango.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --no-compile /wheels/*.whl \
    && python -m compileall -q "$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
    && useradd --system --uid 10001 --home-dir /data --no-create-home throughline \
    && install -d -o throughline -g throughline -m 0700 /data
# Nothing is written outside /data and /tmp, so the root file system may be read-only.
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    THROUGHLINE_DATABASE_URL=sqlite:////data/throughline.db
WORKDIR /data
VOLUME /data
USER throughline
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# With several servers on one PostgreSQL, run `throughline migrate` once and give the servers `throughline serve`.
CMD ["sh", "-c", "throughline migrate && exec throughline serve --host 0.0.0.0 --port 8000"]
