"""The gate of the fraud model. Measures a candidate and reports numbers; exits 0 when the thresholds are met, 10 when they are not,
20 when it could not measure enough. Everything else means that the gate itself is broken."""
import contextlib
import http.client
import json
import math
import os
import socket
import subprocess
import sys
import time
import urllib.parse

import dataset
import metrics

MINIMUM_SAMPLES = 1000
WARM_UP, REQUESTS = 50, 1000
BATCH = 500
START_SECONDS = 60
DECISION_THRESHOLD = 0.5


class Inconclusive(Exception):
    pass


def score(model, features):
    """The probability of fraud; written apart from the server's, so that each shows what the other does wrong."""
    logit = model["intercept"]
    for term in model["terms"]:
        logit += term["weight"] * math.prod(features[name] for name in term["features"])
    return 1 / (1 + math.exp(-logit))


class Server:
    """A model server that is asked over one connection."""

    def __init__(self, url):
        self._connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=10)

    def predict(self, body):
        self._connection.request("POST", "/predict", json.dumps(body), {"Content-Type": "application/json"})
        response = self._connection.getresponse()
        answer = response.read()
        if response.status != 200:
            raise Inconclusive(f"the server answers {response.status}: {answer[:200]!r}")
        return json.loads(answer)

    def predict_all(self, rows):
        answers = (self.predict({"instances": rows[start:start + BATCH]}) for start in range(0, len(rows), BATCH))
        return [prediction["probability"] for answer in answers for prediction in answer["predictions"]]


@contextlib.contextmanager
def candidate():
    """A server of the candidate: the pod that the release has started, or, where there is none yet, one that is started here."""
    url = os.environ.get("CANDIDATE_URL")
    if url:
        yield Server(url)
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(["node", "server.js"], stdout=subprocess.DEVNULL, env={**os.environ, "PORT": str(port)})
    try:
        wait_for_port(port, process)
        yield Server(f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        process.wait()


def wait_for_port(port, process):
    for _ in range(START_SECONDS * 10):
        if process.poll() is not None:
            raise RuntimeError(f"the candidate does not start: exit code {process.returncode}")
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.1)
    raise RuntimeError(f"the candidate did not start in {START_SECONDS} s")


def latencies(server, rows, expected):
    """Milliseconds of single requests. A server that answers something else than the model says is not the candidate."""
    taken = []
    for number in range(WARM_UP + REQUESTS):
        row = number % len(rows)
        began = time.perf_counter()
        answer = server.predict({"features": rows[row]})
        if number >= WARM_UP:
            taken.append((time.perf_counter() - began) * 1000)
        if abs(answer["probability"] - expected[row]) > 1e-9:
            raise RuntimeError(f"row {row}: the server says {answer['probability']}, the model {expected[row]}")
    return taken


def against_live(url, rows, labels, auc):
    """How the candidate compares with the version that serves now. Where nothing was ever installed there is nothing to fall behind."""
    try:
        live = metrics.auc(labels, Server(url).predict_all(rows))
    except socket.gaierror:
        return {"aucRegression": 0.0}
    except (OSError, Inconclusive) as error:
        print(f"the live model does not answer: {error}")
        return {}
    return {"liveAuc": live, "aucRegression": live - auc}


def measure():
    rows, labels = dataset.load(os.environ["VALIDATION_DATASET"])
    if len(rows) < MINIMUM_SAMPLES:
        raise Inconclusive(f"{len(rows)} samples, at least {MINIMUM_SAMPLES} are needed")
    with open(os.environ["MODEL_PATH"], encoding="utf-8") as file:
        model = json.load(file)
    scores = [score(model, row) for row in rows]
    measured = {"auc": metrics.auc(labels, scores), "f1": metrics.f1(labels, scores, DECISION_THRESHOLD)}
    with candidate() as server:
        measured["latencyP99Ms"] = metrics.percentile(latencies(server, rows, scores), 0.99)
    live = os.environ.get("LIVE_URL")
    if live:
        measured |= against_live(live, rows, labels, measured["auc"])
    return {name: round(value, 4) for name, value in measured.items()}, len(rows)


def verdict(measured, thresholds):
    missing = [name for name in thresholds if name not in measured]
    if missing:
        raise Inconclusive(f"not measured: {', '.join(missing)}")
    failed = [
        name
        for name, bounds in thresholds.items()
        if not bounds.get("min", -math.inf) <= measured[name] <= bounds.get("max", math.inf)
    ]
    for name in failed:
        print(f"{name} {measured[name]} is outside {thresholds[name]}")
    return 10 if failed else 0


def bounds():
    """The thresholds of the gate, or the defaults where a release gives none."""
    given = os.environ.get("GATE_THRESHOLDS")
    if given is not None:
        return json.loads(given)
    p99 = float(os.environ["MAXIMUM_P99_LATENCY_MS"])
    return {"auc": {"min": float(os.environ["MINIMUM_AUC"])}, "latencyP99Ms": {"max": p99}}


def main():
    thresholds = bounds()
    try:
        measured, samples = measure()
        nonce = os.environ.get("GATE_NONCE")
        about = {} if nonce is None else {"nonce": nonce}
        report = json.dumps({"v": 1, "metrics": measured, "samples": samples, **about}, separators=(",", ":"))
        print(report)
        with open(os.environ.get("GATE_RESULT_PATH", "/dev/termination-log"), "w", encoding="utf-8") as file:
            file.write(report)
        return verdict(measured, thresholds)
    except (OSError, Inconclusive) as error:
        print(f"inconclusive: {error}")
        return 20


if __name__ == "__main__":
    sys.exit(main())
