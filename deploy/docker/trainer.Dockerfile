# syntax=docker/dockerfile:1
# The trainer with Ray and DeepSpeed, on CPUs. On GPUs, build from an image with CUDA and leave out the extra index.
FROM python:3.11-slim
WORKDIR /app
COPY pyproject.toml README.md LICENSE ./
COPY requirements/cpu.lock requirements/
COPY gen gen
COPY services/__init__.py services/
COPY services/common services/common
COPY services/trainer services/trainer
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install -c requirements/cpu.lock --extra-index-url https://download.pytorch.org/whl/cpu ".[trainer]"
RUN useradd --uid 10001 lorelei
USER 10001
ENV HF_HUB_OFFLINE=1 LORELEI_TRAINER_HOST=0.0.0.0
EXPOSE 7003
ENTRYPOINT ["python", "-m", "services.trainer"]
