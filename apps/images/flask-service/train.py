"""Trains the model of the Flask service on points that a line separates, and writes it to a file: train.py FILE"""
import pickle
import random
import sys

from perceptron import Perceptron

SEED, SAMPLES, ROUNDS = 2026, 2000, 20


def labelled():
    chance = random.Random(SEED)
    rows = [[chance.uniform(-1, 1) for _ in range(4)] for _ in range(SAMPLES)]
    return rows, [int(a - 2 * b + 0.5 * c > 0.2) for a, b, c, _ in rows]


if __name__ == "__main__":
    rows, labels = labelled()
    model = Perceptron(4)
    model.fit(rows, labels, ROUNDS)
    with open(sys.argv[1], "wb") as file:
        pickle.dump(model, file, protocol=4)
    print(sum(a == b for a, b in zip(model.predict(rows), labels)) / SAMPLES)
