"""What a gate reports of predictions; labels are 0 or 1."""
import math


def auc(labels, scores):
    """Area under the ROC curve: the share of pairs, one positive and one negative, in which the positive has the higher score.
    Equal scores count half. By ranks, in n log n."""
    order = sorted(range(len(scores)), key=scores.__getitem__)
    rank_sum, position = 0.0, 0
    while position < len(order):
        end = position
        while end < len(order) and scores[order[end]] == scores[order[position]]:
            end += 1
        mean_rank = (position + 1 + end) / 2
        rank_sum += mean_rank * sum(labels[i] for i in order[position:end])
        position = end
    positives = sum(labels)
    negatives = len(labels) - positives
    if positives == 0 or negatives == 0:
        raise ValueError("AUC needs positives and negatives")
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def f1(labels, scores, threshold):
    """Harmonic mean of precision and recall, when scores from the threshold up count as positive."""
    hits = sum(1 for label, score in zip(labels, scores) if label and score >= threshold)
    wrong = sum(1 for label, score in zip(labels, scores) if bool(label) != (score >= threshold))
    return 2 * hits / (2 * hits + wrong) if hits else 0.0


def percentile(values, share):
    """The smallest value that is not below this share of all values."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
