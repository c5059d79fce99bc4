# The workbench in three images: `stage` (stages 1, 3, 4, 5 and predict), `lab` (JupyterLab), and by default `train`, which
# has the network models too and runs everything. Packages come first, in layers that an edit of the code leaves alone.
#
#     docker build -t gram .                         docker build --target stage -t gram:stage .
#     docker run --rm --read-only --tmpfs /tmp --network none --cap-drop all --user "$(id -u):0" \
#         -v "$PWD/reports:/runs" gram run params/baseline.yaml
#
# Behind a proxy that inspects TLS, its certificate goes in for the build alone: --secret id=ca,src=/path/to/ca.pem

ARG BASE_IMAGE=docker.io/library/python:3.11-slim-bookworm

# ---- pip, which no image keeps
FROM ${BASE_IMAGE} AS pip
RUN python3 -m venv /opt/pip
COPY containers/install containers/notices.py /opt/pip/bin/

# ---- packages of every stage but the network models
FROM ${BASE_IMAGE} AS stage-packages
RUN python3 -m venv --without-pip /opt/venv && install -d -m 0775 /runs
COPY containers/stage.lock /opt/locks/
RUN --mount=type=bind,from=pip,source=/opt/pip,target=/opt/pip --mount=type=secret,id=ca \
    sh /opt/pip/bin/install /opt/locks/stage.lock
ENV PATH=/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    PYTHONPATH=/work \
    LANG=C.UTF-8 \
    TZ=UTC \
    USER=gram \
    HOME=/tmp \
    XDG_CACHE_HOME=/tmp/.cache \
    IPYTHONDIR=/tmp/ipython \
    JUPYTER_RUNTIME_DIR=/tmp/jupyter \
    MPLCONFIGDIR=/tmp/matplotlib \
    NUMBA_CACHE_DIR=/tmp/numba \
    KERAS_HOME=/tmp/keras \
    GRAM_REPORTS=/runs
WORKDIR /work
ENTRYPOINT ["gram"]

FROM stage-packages AS train-packages
COPY containers/train.lock /opt/locks/
RUN --mount=type=bind,from=pip,source=/opt/pip,target=/opt/pip --mount=type=secret,id=ca \
    sh /opt/pip/bin/install /opt/locks/train.lock

FROM train-packages AS lab-packages
COPY containers/lab.lock /opt/locks/
RUN --mount=type=bind,from=pip,source=/opt/pip,target=/opt/pip --mount=type=secret,id=ca \
    sh /opt/pip/bin/install /opt/locks/lab.lock

# ---- what the first start would find out: the fonts, and the kernel from the rooms it is made of alone, so that an edit
# elsewhere does not compile it again
FROM stage-packages AS caches
RUN MPLCONFIGDIR=/opt/caches/matplotlib python -c "import matplotlib.font_manager"
COPY gramlib/__init__.py gramlib/errors.py gramlib/readable.py gramlib/units.py gramlib/
COPY gramlib/artefacts gramlib/artefacts
COPY gramlib/params gramlib/params
COPY gramlib/scenarios gramlib/scenarios
COPY gramlib/simulation gramlib/simulation
COPY containers/gram /usr/local/bin/
# numba keeps with its code the time of the source, which is not the same in two checkouts
RUN find gramlib -exec touch --date=@0 {} + \
    && NUMBA_CACHE_DIR=/opt/caches/numba gram --with-processor python -m gramlib.simulation.kernel

# ---- the clone, as it lies in every image
FROM stage-packages AS clone
COPY pyproject.toml requirements.lock README.md LICENSE /image/work/
COPY gramlib /image/work/gramlib
COPY notebooks /image/work/notebooks
COPY params /image/work/params
COPY containers/gram /image/usr/local/bin/
COPY --from=caches /opt/caches /image/opt/caches
RUN chmod -R a+rX /image && find /image/work -exec touch --date=@0 {} + \
    && python -m compileall -q --invalidation-mode unchecked-hash -s /image /image/work/gramlib

FROM lab-packages AS lab
COPY --from=clone /image /
ARG VERSION=0.1.0
ARG REVISION=
ENV GRAM_REVISION=${REVISION}
LABEL org.opencontainers.image.title="gram-lab" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
USER 10001:0
EXPOSE 8888
ENTRYPOINT ["jupyter", "lab", "--ip=0.0.0.0", "--no-browser", "/work/notebooks/00_start.ipynb"]

FROM stage-packages AS stage
COPY --from=clone /image /
ARG VERSION=0.1.0
ARG REVISION=
ENV GRAM_REVISION=${REVISION}
LABEL org.opencontainers.image.title="gram-stage" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
USER 10001:0

FROM train-packages AS train
COPY --from=clone /image /
ARG VERSION=0.1.0
ARG REVISION=
ENV GRAM_REVISION=${REVISION}
LABEL org.opencontainers.image.title="gram-train" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
USER 10001:0
