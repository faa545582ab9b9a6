"""Figures that people ask for and that are not a loss per sample: why not, and what to do instead."""

from __future__ import annotations

from typing import NamedTuple

from losscli.loss.names import key


class NoLoss(NamedTuple):
    """Names of a figure, why it is not a loss, and what to do."""

    names: str
    """Each a word."""
    why: str
    instead: str


_ALL_AT_ONCE = "all samples at once, and is not a mean of their losses"
_PROBABILITIES = "For probabilities use binary_cross_entropy or brier, for decisions zero_one."
_SETS = "it compares sets or sequences, not a label with a prediction"
_OWN = "Compute it per sample elsewhere, or write a function in a file: --loss FILE.py:NAME."

NO_LOSSES = (
    NoLoss(
        "accuracy accuracy_score acc binary_accuracy categorical_accuracy top1_accuracy",
        "it is 1 − the cost of zero_one",
        "Use zero_one (zero_one:threshold=0.5 for one column of probabilities): the gate zero_one <= 0.1 "
        "holds where accuracy >= 0.9 does.",
    ),
    NoLoss(
        "balanced_accuracy balanced_accuracy_score macro_accuracy",
        "it is the mean of the accuracies of the classes",
        "Use zero_one with --group and the label column: the accuracy of a class is 1 − its cost.",
    ),
    NoLoss(
        "top_k_accuracy top_k_accuracy_score top5_accuracy top_k_categorical_accuracy",
        "it looks at the k largest scores",
        "Use zero_one for the largest, or cross_entropy.",
    ),
    NoLoss(
        "r2 r2_score r² r_squared coefficient_of_determination explained_variance "
        "explained_variance_score nash_sutcliffe",
        "it is 1 − mse / variance of the labels",
        "Use mse; `losscli fit PREDICTIONS LABELS --loss mse --model constant` gives the variance, and R² "
        "as the skill.",
    ),
    NoLoss(
        "d2_absolute_error_score d2_pinball_score d2_tweedie_score d2_log_loss_score d2_brier_score "
        "skill_score brier_skill_score",
        "it is 1 − cost / cost of the best constant",
        "Use mae, quantile, tweedie_deviance, cross_entropy or brier; `losscli fit` with --model constant "
        "gives the skill.",
    ),
    NoLoss(
        "auc auroc roc_auc roc_auc_score pr_auc auprc average_precision "
        "average_precision_score aucpr gini ks ks_statistic lift c_index concordance_index",
        f"it ranks {_ALL_AT_ONCE}",
        _PROBABILITIES,
    ),
    NoLoss(
        "f1 f1_score fbeta fbeta_score f2 macro_f1 micro_f1 weighted_f1 precision "
        "precision_score recall recall_score sensitivity specificity tpr fpr fnr npv ppv "
        "true_positive_rate false_positive_rate confusion_matrix g_mean",
        f"it counts hits among {_ALL_AT_ONCE}",
        "Use zero_one, with --group for each class, or binary_cross_entropy or brier for probabilities.",
    ),
    NoLoss(
        "mcc matthews_corrcoef phi kappa cohen_kappa cohen_kappa_score cohens_kappa "
        "quadratic_weighted_kappa qwk",
        f"it corrects for chance over {_ALL_AT_ONCE}",
        "Use zero_one, or ranked_probability for classes in an order.",
    ),
    NoLoss(
        "ndcg ndcg_score dcg dcg_score map_at_k mean_average_precision mrr hit_rate recall_at_k "
        "precision_at_k rank:ndcg rank:pairwise rank:map lambdarank yetirank",
        "it judges a list of results, not a sample",
        "Use a tool for retrieval such as trec_eval, or cross_entropy of each result's relevance.",
    ),
    NoLoss(
        "pearson pearsonr correlation corr spearman spearmanr kendall kendalltau ccc "
        "concordance_correlation_coefficient",
        f"it correlates {_ALL_AT_ONCE}",
        "Use mse; `losscli fit` with --model affine shows what a linear correction of the predictions gains.",
    ),
    NoLoss(
        "bias mbe mean_error mean_bias_error mpe mean_percentage_error",
        "positive and negative errors cancel out in it",
        "Use mae or mse; `losscli fit` with --model bias gives the bias.",
    ),
    NoLoss(
        "median_absolute_error medae",
        "it is the median of the losses of mae",
        'Use mae, and its p50: --gate "mae.p50 <= 3".',
    ),
    NoLoss(
        "max_error maximum_error linf chebyshev",
        "it is the largest loss of mae",
        'Use mae, and its max: --gate "mae.max <= 3".',
    ),
    NoLoss(
        "wape wmape mad_mean_ratio",
        "it is Σ|r| / Σ|y|, the mae divided by the mean size of the labels",
        "Use mae, and divide.",
    ),
    NoLoss(
        "nrmse normalized_rmse cvrmse rse relative_squared_error rrse rae relative_absolute_error",
        "it is rmse, mse or mae divided by a spread of the labels",
        "Use rmse, mse or mae; `losscli fit` with --model constant gives the cost of the best constant.",
    ),
    NoLoss(
        "mase rmsse msis owa",
        "it is divided by the error of a naive forecast of the past, which neither file contains",
        "Use mae, rmse or interval_score, and divide.",
    ),
    NoLoss(
        "ece mce calibration_error expected_calibration_error calibration",
        "it compares bins of samples, and is not a mean of their losses",
        "Use binary_cross_entropy or brier, which reward calibration; `losscli fit` with --model temperature "
        "shows what calibration gains.",
    ),
    NoLoss(
        "psnr snr",
        "it is the logarithm of 1/mse",
        "Use mse: 10 log10(peak² / mse) is the PSNR.",
    ),
    NoLoss(
        "log_likelihood loglik",
        "it is minus the sum of a loss",
        "Use nll, gaussian_nll, poisson_nll or binary_cross_entropy, with --reduction sum.",
    ),
    NoLoss(
        "hamming_loss hamming",
        "it is zero_one, of one label or of several",
        "Use zero_one for classes, zero_one:threshold=0.5 for several columns of 0 and 1.",
    ),
    NoLoss(
        "dice dice_loss dice_score jaccard jaccard_score jaccard_loss tversky miou mean_iou",
        _SETS,
        "Use binary_cross_entropy or binary_focal for pixels, iou for boxes.",
    ),
    NoLoss(
        "bleu sacrebleu rouge meteor ter chrf bertscore wer cer exact_match ssim lpips fid ctc "
        "ctc_loss edit_distance levenshtein hausdorff",
        _SETS,
        _OWN,
    ),
    NoLoss(
        "triplet triplet_loss triplet_margin_loss contrastive contrastive_loss infonce "
        "nt_xent simclr clip_loss cosine_embedding_loss margin_ranking_loss multi_similarity arcface "
        "dpo survival:cox cox survival:aft",
        "it needs pairs or several samples at once",
        _OWN,
    ),
    NoLoss(
        "multi:softmax",
        "it predicts names of classes, which have no probability",
        "Use zero_one for them, or cross_entropy for the probabilities of multi:softprob.",
    ),
    NoLoss(
        "bits bpc bits_per_byte bits_per_character bpd",
        "it is a cross-entropy in base 2",
        "Use cross_entropy, and divide by log 2.",
    ),
)
"""All that is answered for."""


def no_loss(name: str) -> NoLoss | None:
    """Return what is to say of a figure of this name; None for a name that is none of them."""
    wanted = key(name)
    return next((one for one in NO_LOSSES if wanted in map(key, one.names.split())), None)
