"""Where the rules come from."""

from __future__ import annotations

from losscli.loss import Reference

GAUSS = Reference(
    "Stigler, Gauss and the Invention of Least Squares, 1981",
    doi="10.1214/aos/1176345451",
)
LAPLACE = Reference("Koenker and Bassett, Regression Quantiles, 1978", doi="10.2307/1913643")
HUBER = Reference("Huber, Robust Estimation of a Location Parameter, 1964", doi="10.1214/aoms/1177703732")
TUNING = Reference(
    "Holland and Welsch, Robust regression using iteratively reweighted least-squares, 1977",
    doi="10.1080/03610927708827533",
)
BARRON = Reference("Barron, A General and Adaptive Robust Loss Function, 2019", doi="10.1109/CVPR.2019.00446")
LANGE = Reference(
    "Lange, Little and Taylor, Robust Statistical Modeling Using the t Distribution, 1989",
    doi="10.1080/01621459.1989.10478852",
)
MCCULLAGH = Reference(
    "McCullagh and Nelder, Generalized Linear Models, 1989", doi="10.1007/978-1-4899-3242-6"
)
GOURIEROUX = Reference(
    "Gourieroux et al., Pseudo Maximum Likelihood Methods: Applications to Poisson Models, 1984",
    doi="10.2307/1913472",
)
JORGENSEN = Reference(
    "Jørgensen, Exponential Dispersion Models, 1987", doi="10.1111/j.2517-6161.1987.tb01685.x"
)
DUNN = Reference(
    "Dunn and Smyth, Series evaluation of Tweedie exponential dispersion model densities, 2005",
    doi="10.1007/s11222-005-4070-y",
)
BONAT = Reference(
    "Bonat et al., Extended Poisson-Tweedie: properties and regression models for count data, 2018",
    doi="10.1177/1471082X17715718",
)
GNEITING = Reference(
    "Gneiting and Raftery, Strictly Proper Scoring Rules, Prediction, and Estimation, 2007",
    doi="10.1198/016214506000001437",
)
POINT = Reference("Gneiting, Making and Evaluating Point Forecasts, 2011", doi="10.1198/jasa.2011.r10138")
FOCAL = Reference("Lin et al., Focal Loss for Dense Object Detection, 2017", doi="10.1109/ICCV.2017.324")
BRIER = Reference(
    "Brier, Verification of Forecasts Expressed in Terms of Probability, 1950",
    doi="10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2",
)
COX = Reference(
    "Cox, The Regression Analysis of Binary Sequences, 1958", doi="10.1111/j.2517-6161.1958.tb00292.x"
)
VAPNIK = Reference("Cortes and Vapnik, Support-Vector Networks, 1995", doi="10.1007/BF00994018")
CRAMMER = Reference(
    "Crammer and Singer, On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines, 2001",
    url="https://www.jmlr.org/papers/v2/crammer01a.html",
)
EPSTEIN = Reference(
    "Epstein, A Scoring System for Probability Forecasts of Ranked Categories, 1969",
    doi="10.1175/1520-0450(1969)008<0985:ASSFPF>2.0.CO;2",
)
KULLBACK = Reference(
    "Kullback and Leibler, On Information and Sufficiency, 1951", doi="10.1214/aoms/1177729694"
)
LIN = Reference("Lin, Divergence measures based on the Shannon entropy, 1991", doi="10.1109/18.61115")
HASTIE = Reference(
    "Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 2009",
    doi="10.1007/978-0-387-84858-7",
)
GIOU = Reference(
    "Rezatofighi et al., Generalized Intersection over Union, 2019", doi="10.1109/CVPR.2019.00075"
)
CIOU = Reference("Zheng et al., Distance-IoU Loss, 2020", doi="10.1609/aaai.v34i07.6999")
MARDIA = Reference("Mardia and Jupp, Directional Statistics, 1999", doi="10.1002/9780470316979")
GOODFELLOW = Reference("Goodfellow et al., Generative Adversarial Nets, 2014", doi="10.48550/arXiv.1406.2661")
