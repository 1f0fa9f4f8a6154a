"""A BentoML service: the probability that a customer leaves. `seconds` makes it think."""
import asyncio
import json
import math
import os

import bentoml


@bentoml.service
class Churn:
    def __init__(self) -> None:
        with open(os.environ['MODEL_PATH'], encoding='utf-8') as file:
            self.model = json.load(file)

    @bentoml.api
    async def predict(self, features: list[float], seconds: float = 0) -> dict[str, float]:
        await asyncio.sleep(seconds)
        total = self.model['bias'] + sum(w * x for w, x in zip(self.model['weights'], features, strict=True))
        return {'probability': round(1 / (1 + math.exp(-total)), 6)}
