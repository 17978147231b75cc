# syntax=docker/dockerfile:1
# The augmenter: spaCy and HTTP, no PyTorch.
FROM python:3.11-slim
WORKDIR /app
COPY pyproject.toml README.md LICENSE ./
COPY requirements/cpu.lock requirements/
COPY gen gen
COPY services/__init__.py services/
COPY services/common services/common
COPY services/augmenter services/augmenter
RUN --mount=type=cache,target=/root/.cache/pip pip install -c requirements/cpu.lock ".[augmenter]"
RUN useradd --uid 10001 lorelei
USER 10001
ENV LORELEI_AUGMENTER_HOST=0.0.0.0
EXPOSE 7002
ENTRYPOINT ["python", "-m", "services.augmenter"]
