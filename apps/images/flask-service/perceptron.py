"""The model of the Flask service: a linear classifier."""


class Perceptron:
    def __init__(self, size):
        self.weights = [0.0] * size
        self.bias = 0.0

    def predict(self, rows):
        """0 or 1 for each row of features."""
        return [int(self._sum(row) > 0) for row in rows]

    def fit(self, rows, labels, rounds):
        """Learns from labelled rows: each mistake moves the weights towards the row, or away from it."""
        for _ in range(rounds):
            for row, label in zip(rows, labels):
                error = label - int(self._sum(row) > 0)
                self.bias += error
                self.weights = [weight + error * value for weight, value in zip(self.weights, row)]

    def _sum(self, row):
        return self.bias + sum(weight * value for weight, value in zip(self.weights, row, strict=True))
