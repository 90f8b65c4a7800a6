# The explorer and its API in one image: docs/hosting.md says how to build, run and update it.

# The Debian and the Python that the tests run with.
ARG PYTHON=python:3.11-slim-bookworm

# The sources and what builds them stay in this stage.
FROM ${PYTHON} AS wheel
WORKDIR /source
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheel .

FROM ${PYTHON}
LABEL org.opencontainers.image.title="Personalize Explorer" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore \
    PERSONALIZE_HOME=/data

# The user is a number, so that a cluster can see that it is not root. The volume gets the owner of /data.
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin explorer \
    && install -d -m 700 -o explorer -g explorer /data

# What changes rarely first: a change of the code replaces a layer of 4 MB. Plain pip would add gigabytes of CUDA
# libraries; for a machine with a GPU: --build-arg TORCH_INDEX=https://pypi.org/simple
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
COPY requirements.txt /tmp/requirements.txt
RUN pip install --index-url "${TORCH_INDEX}" "$(grep '^torch==' /tmp/requirements.txt)" \
    && pip install -r /tmp/requirements.txt

COPY --from=wheel /wheel /tmp/wheel
RUN pip install --no-deps /tmp/wheel/*.whl

USER 10001:10001
WORKDIR /home/explorer
VOLUME /data

# run answers on the first, serve on the second; a container does one of them.
EXPOSE 8501 8900
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["personalize-explorer", "check", "--running"]
ENTRYPOINT ["personalize-explorer"]
CMD ["run", "--address", "0.0.0.0", "--port", "8501"]
