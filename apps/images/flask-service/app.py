"""A Flask API around a model file."""
import os
import signal
import sys

import joblib
from flask import Flask, jsonify, request
from waitress import serve

app = Flask(__name__)
model = joblib.load(os.environ.get("MODEL_PATH", "model.pkl"))


@app.route("/predict", methods=["POST"])
def predict():
    data = request.get_json()
    features = data["features"]
    prediction = model.predict([features])[0]
    return jsonify({"prediction": prediction})


if __name__ == "__main__":
    # waitress answers what it was asked before it ends; Flask's own server is for development.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    serve(app, host="0.0.0.0", port=5000)
