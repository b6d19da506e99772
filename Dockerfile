# One image for every program of the tower; which one a container runs is its command.
FROM python:3.11.14-slim-bookworm AS made
WORKDIR /made
COPY requirements/installer.txt requirements/product.txt requirements/
RUN python -m venv /opt/tower && /opt/tower/bin/pip install --no-cache-dir --require-hashes -r requirements/product.txt
COPY . .
RUN mkdir /opt/code && cp -r api operators detectors sinks streams simulators tower dashboards towerctl LICENSE NOTICE /opt/code/

FROM python:3.11.14-slim-bookworm
RUN groupadd --gid 10001 tower && useradd --uid 10001 --gid tower --no-create-home tower \
    && mkdir /data /cache && chown tower:tower /data /cache
COPY --from=made /opt/tower /opt/tower
COPY --from=made /opt/code /opt/code
WORKDIR /opt/code
ENV PATH=/opt/tower/bin:$PATH PYTHONPATH=/opt/code PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    NUMBA_CACHE_DIR=/cache TOWER_DATA=/data
USER tower
VOLUME ["/data", "/cache"]
CMD ["python", "-m", "api.cli", "version"]
