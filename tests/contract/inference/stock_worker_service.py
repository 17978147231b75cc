"""The inference service with vLLM's stock CPU worker, which mixes users up: shows that the leak test can fail."""

import os

from services.inference.__main__ import main
from services.inference.engine import configuration

if __name__ == "__main__":
    configuration._SAFE_CPU_WORKER = "vllm.v1.worker.cpu_worker.CPUWorker"
    os._exit(main())
