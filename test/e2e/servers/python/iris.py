"""iris.py FILE.joblib: a classifier that scikit-learn comes with the data for."""
import sys

import joblib
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

flowers, species = load_iris(return_X_y=True)
joblib.dump(LogisticRegression(max_iter=500).fit(flowers, species), sys.argv[1])
