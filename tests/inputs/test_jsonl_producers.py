"""Predictions as other programs write them in JSON."""

import json

import numpy as np

from losscli import evaluate


def written(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_samples_of_lm_eval(tmp_path):
    rows = [
        {
            "doc_id": at,
            "doc": {"question": "2 + 2?", "choices": ["3", "4"][: 1 + at % 2], "answer": at % 2},
            "target": str(at % 2),
            "arguments": {"gen_args_0": {"arg_0": "Q: 2 + 2?\nA:", "arg_1": " 3"}},
            "resps": [[["-5.25", "False"]], [["-0.5", "True"]]],
            "filtered_resps": [["-5.25", "False"], ["-0.5", "True"]],
            "doc_hash": "0" * 64,
            "acc": float(at % 2),
        }
        for at in range(50)
    ]
    path = written(tmp_path / "samples_arc_2026-01-01T00-00-00.jsonl", rows)
    found = evaluate(path, loss="mse", prediction="acc", label="doc.answer", id="doc_id")
    assert (found.results[0].n, found.results[0].cost) == (50, 0.0)
    found = evaluate(path, loss="zero_one", prediction="target", label="doc.answer")
    assert found.results[0].cost == 0.0


def test_batch_predictions_of_vertex_ai(tmp_path):
    rows = [{"instance": {"x": [1.0, 2.0], "y": at}, "prediction": at + 0.5, "key": at} for at in range(9)]
    path = written(tmp_path / "prediction.results-00000-of-00001", rows)
    assert evaluate(path, loss="mse", label="instance.y").results[0].cost == 0.25
    rows = [
        {"instance": {"y": at % 2}, "prediction": [0.75, 0.25] if at % 2 == 0 else [0.25, 0.75]}
        for at in range(8)
    ]
    path = written(tmp_path / "prediction.results-00000-of-00002", rows)
    assert evaluate(path, loss="cross_entropy", label="instance.y").results[0].cost == -np.log(0.75)


def test_batch_transform_of_sagemaker(tmp_path):
    rows = [{"features": [0.1, 0.2], "label": 1, "SageMakerOutput": {"score": 0.75}} for _ in range(4)]
    path = written(tmp_path / "input.jsonl.out", rows)
    assert evaluate(path, loss="brier", prediction="SageMakerOutput.score").results[0].cost == 0.0625
    rows = [{"predictions": [{"score": 0.75, "predicted_label": 1}]} for _ in range(4)]
    path = written(tmp_path / "predictions.out", rows)
    labels = written(tmp_path / "labels.jsonl", [{"label": 1}] * 4)
    assert evaluate(path, labels, loss="brier", prediction="predictions.0.score").results[0].cost == 0.0625


def test_predictions_of_hugging_face(tmp_path):
    rows = [{"prompt": "Is it?", "predict": "yes", "label": "yes" if at else "no"} for at in range(4)]
    path = written(tmp_path / "generated_predictions.jsonl", rows)
    assert evaluate(path, loss="zero_one").results[0].cost == 0.25
    rows = [
        {"label": "NEG", "scores": {"NEG": 0.75, "POS": 0.25}},
        {"label": "POS", "scores": {"NEG": 0.5, "POS": 0.5}},
    ]
    path = tmp_path / "all_results.json"
    path.write_text(json.dumps(rows, indent=4))
    assert evaluate(path, loss="multiclass_brier").results[0].cost == (0.125 + 0.5) / 2
