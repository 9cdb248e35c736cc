//! Pictures of several claims, as the papers print them.

use theoremcheck::prelude::*;

/// All of them.
pub(crate) const PANELS: &[Panel] = &[
    DOUBLE_DESCENT,
    PARTS,
    MISSPECIFIED,
    TUNED,
    CORRELATED,
    LATENT,
    NONLINEAR,
    MORE_DATA,
    TEMPERED,
];

/// Below the threshold; multiples of 1/20, as the sizes of the ladders ask.
const BELOW: Grid = Grid::Linear { from: 0.05, to: 0.8, points: 16 };

/// Beyond it.
const BEYOND: Grid = Grid::Linear { from: 1.25, to: 8.0, points: 136 };

const BOTH: Grid = Grid::Linear { from: 0.25, to: 4.0, points: 76 };

fn point(gamma: f64, rest: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    // The ratio of two whole numbers is typed with two digits.
    let gamma = std::iter::once(("gamma", format!("{gamma:.2}")));
    gamma.chain(rest.iter().map(|(name, value)| (*name, (*value).to_owned()))).collect()
}

macro_rules! risk {
    ($label:literal, $claim:literal, $grid:expr, $r2:literal) => {
        Line {
            label: $label,
            claim: concat!("hastie2022.isotropic::", $claim),
            component: 0,
            grid: $grid,
            at: |gamma| point(gamma, &[("r2", $r2), ("sigma2", "1")]),
        }
    };
}

const DOUBLE_DESCENT: Panel = Panel {
    name: "double-descent",
    title: "Risk of the interpolator against the number of features",
    about: "The variance explodes where there are as many features as observations, and falls again \
            beyond. With a signal stronger than the noise (r2 above 1) the second descent has a \
            minimum of its own, below the risk of predicting nothing; with a weaker one the risk \
            falls towards it from above. White Gaussian features, noise of variance 1.",
    x: "gamma",
    log_x: true,
    y: "excess risk",
    lines: &[
        risk!("r2 = 4", "under", BELOW, "4"),
        risk!("r2 = 0.5", "over", BEYOND, "0.5"),
        risk!("r2 = 1", "over", BEYOND, "1"),
        risk!("r2 = 2", "over", BEYOND, "2"),
        risk!("r2 = 4", "over", BEYOND, "4"),
    ],
};

macro_rules! part {
    ($label:literal, $component:literal) => {
        Line {
            label: $label,
            claim: "hastie2022.isotropic::parts",
            component: $component,
            grid: BEYOND,
            at: |gamma| point(gamma, &[("r2", "4"), ("sigma2", "1")]),
        }
    };
}

const PARTS: Panel = Panel {
    name: "bias-and-variance",
    title: "Bias and variance of the interpolator",
    about: "Beyond the threshold the variance falls, because the interpolator is spread over ever \
            more features, and the bias rises, because the observations see an ever smaller part of \
            the signal. Below it there is no bias. r2 = 4, noise of variance 1.",
    x: "gamma",
    log_x: true,
    y: "parts of the risk",
    lines: &[
        risk!("variance", "under", BELOW, "4"),
        part!("variance", 1),
        part!("bias", 0),
        risk!("risk", "over", BEYOND, "4"),
    ],
};

macro_rules! misspecified {
    ($label:literal, $side:literal, $grid:expr, $exponent:literal) => {
        Line {
            label: $label,
            claim: "hastie2022.misspecification::risk",
            component: 0,
            grid: $grid,
            at: |gamma| {
                let hidden = (1.0 + gamma).powf(-$exponent).to_string();
                point(gamma, &[("side", $side), ("hidden", &hidden), ("r2", "4"), ("sigma2", "1")])
            },
        }
    };
}

/// Where the hidden share of $(1+\gamma)^{-1}$ and of $(1+\gamma)^{-3/2}$ lies in the domain.
const BELOW_FROM: Grid = Grid::Linear { from: 0.1, to: 0.8, points: 15 };
const BEYOND_TO: Grid = Grid::Linear { from: 1.25, to: 6.0, points: 96 };

const MISSPECIFIED: Panel = Panel {
    name: "misspecified",
    title: "Risk of a misspecified interpolator",
    about: "More features see more of the signal: the share that is hidden is (1 + gamma)^-a. For \
            each of these exponents the risk is least beyond the threshold, where the model \
            interpolates; the claim critical-exponent says up to which that is so. r2 = 4, noise \
            of variance 1.",
    x: "gamma",
    log_x: true,
    y: "excess risk",
    lines: &[
        misspecified!("a = 1/2", "below", Grid::Linear { from: 0.15, to: 0.8, points: 14 }, 0.5),
        misspecified!("a = 1/2", "beyond", BEYOND, 0.5),
        misspecified!("a = 1", "below", BELOW_FROM, 1.0),
        misspecified!("a = 1", "beyond", BEYOND, 1.0),
        misspecified!("a = 3/2", "below", BELOW_FROM, 1.5),
        misspecified!("a = 3/2", "beyond", BEYOND_TO, 1.5),
    ],
};

macro_rules! tuned {
    ($label:literal, $r2:literal) => {
        Line {
            label: $label,
            claim: "hastie2022.isotropic-ridge::least-risk",
            component: 0,
            grid: BOTH,
            at: |gamma| point(gamma, &[("r2", $r2), ("sigma2", "1")]),
        }
    };
}

const TO_FOUR: Grid = Grid::Linear { from: 1.25, to: 4.0, points: 56 };

const TUNED: Panel = Panel {
    name: "tuned-ridge",
    title: "Ridge with its best penalty has no double descent",
    about: "The risk of ridge regression at its best penalty lies below that of the interpolator \
            for every number of features and every signal, and has no peak. Noise of variance 1.",
    x: "gamma",
    log_x: true,
    y: "excess risk",
    lines: &[
        risk!("no ridge, r2 = 1", "under", BELOW, "1"),
        risk!("no ridge, r2 = 1", "over", TO_FOUR, "1"),
        risk!("no ridge, r2 = 4", "over", TO_FOUR, "4"),
        tuned!("ridge, r2 = 1", "1"),
        tuned!("ridge, r2 = 4", "4"),
    ],
};

macro_rules! correlated {
    ($label:literal, $claim:literal, $component:literal) => {
        Line {
            label: $label,
            claim: concat!("hastie2022.correlated::", $claim),
            component: $component,
            grid: Grid::Linear { from: 0.1, to: 0.8, points: 36 },
            at: |rho| point(3.0, &[("rho", rho.to_string().as_str())]),
        }
    };
}

const CORRELATED: Panel = Panel {
    name: "correlated",
    title: "Bias and variance of the interpolator for correlated features",
    about: "If neighbours are correlated (autoregressive features), more correlation means less \
            bias and more variance. If all features are correlated alike, the bias falls and the \
            variance does not change. Three features for each observation, a signal of mean square \
            1 in all directions, noise of variance 1.",
    x: "rho",
    log_x: false,
    y: "parts of the risk",
    lines: &[
        correlated!("bias (autoregressive)", "autoregressive", 0),
        correlated!("variance (autoregressive)", "autoregressive", 1),
        correlated!("bias (equicorrelated)", "equicorrelated", 0),
        correlated!("variance (equicorrelated)", "equicorrelated", 1),
    ],
};

macro_rules! latent {
    ($label:literal, $delta:literal) => {
        Line {
            label: $label,
            claim: "hastie2022.latent::risk",
            component: 0,
            grid: Grid::Linear { from: 3.0, to: 20.0, points: 35 },
            at: |gamma| point(gamma, &[("delta", $delta)]),
        }
    };
}

const LATENT: Panel = Panel {
    name: "latent-factors",
    title: "With latent factors behind the features, more are always better",
    about: "The error of the interpolator falls with every feature, to the bias of ridge regression \
            on the factors themselves. d/n = delta factors for each observation, no noise in the \
            targets.",
    x: "gamma",
    log_x: true,
    y: "error",
    lines: &[latent!("delta = 1", "1"), latent!("delta = 1/4", "0.25")],
};

macro_rules! nonlinear {
    ($label:literal, $claim:literal, $psi:literal, $which:literal = $value:literal) => {
        Line {
            label: $label,
            claim: concat!("hastie2022.nonlinear-features::", $claim),
            component: 0,
            grid: Grid::Linear { from: 2.0, to: 3.5, points: 4 },
            at: |gamma| point(gamma, &[("psi", $psi), ($which, $value)]),
        }
    };
}

const NONLINEAR: Panel = Panel {
    name: "nonlinear-features",
    title: "Variance of the interpolator on random features",
    about: "Features whose activation has no linear part are as noisy as independent ones, however \
            few the inputs are: one line for all. A rectifier has a linear part, which adds to the \
            variance, the more the fewer the inputs. psi = d/p inputs for each feature, noise of \
            variance 1.",
    x: "gamma",
    log_x: false,
    y: "variance",
    lines: &[
        nonlinear!("|t|, psi = 1/2", "purely-nonlinear", "0.5", "activation" = "absolute"),
        nonlinear!("|t|, psi = 1", "purely-nonlinear", "1", "activation" = "absolute"),
        nonlinear!("rectifier, psi = 1", "rectifier", "1", "slope" = "0"),
        nonlinear!("rectifier, psi = 1/2", "rectifier", "0.5", "slope" = "0"),
    ],
};

/// Whole numbers of observations, of 60 features.
const FEWER: Grid = Grid::Linear { from: 1.0, to: 48.0, points: 48 };
const MORE: Grid = Grid::Linear { from: 72.0, to: 120.0, points: 49 };

macro_rules! data {
    ($label:literal, $side:literal, $grid:expr, $sigma2:literal) => {
        Line {
            label: $label,
            claim: "nakkiran2019.more-data::risk",
            component: 0,
            grid: $grid,
            at: |n| {
                let rest = [("p", "60"), ("side", $side), ("r2", "4"), ("sigma2", $sigma2)];
                let n = std::iter::once(("n", n.round().to_string()));
                n.chain(rest.map(|(name, value)| (name, value.to_owned()))).collect()
            },
        }
    };
}

const MORE_DATA: Panel = Panel {
    name: "more-data",
    title: "Risk of the interpolator against the number of observations",
    about: "Of 60 features: more observations help, then hurt, up to as many as there are features, \
            then help again. Where the risk turns, and how high it rises, is a matter of the noise \
            of the labels alone. Signal of r2 = 4.",
    x: "n",
    log_x: false,
    y: "excess risk",
    lines: &[
        data!("sigma2 = 0.25", "below", FEWER, "0.25"),
        data!("sigma2 = 1", "below", FEWER, "1"),
        data!("sigma2 = 4", "below", FEWER, "4"),
        data!("sigma2 = 0.25", "beyond", MORE, "0.25"),
        data!("sigma2 = 1", "beyond", MORE, "1"),
        data!("sigma2 = 4", "beyond", MORE, "4"),
    ],
};

macro_rules! power {
    ($label:literal, $half:literal) => {
        Line {
            label: $label,
            claim: "mallinar2022.power-law::even-powers",
            component: 0,
            grid: Grid::At(&[12.0, 18.0, 27.0, 40.0, 60.0, 90.0, 135.0, 200.0, 300.0, 400.0]),
            at: |n| vec![("alpha/2", $half.to_owned()), ("n", n.to_string())],
        }
    };
}

const TEMPERED: Panel = Panel {
    name: "tempered",
    title: "What noise adds where eigenvalues fall like a power",
    about: "The deterministic equivalent of the variance, of noise of variance 1, tends to the \
            exponent less one: interpolation is neither benign, which would be 0, nor ruinous, \
            which would grow without end, and more observations hardly change it.",
    x: "n",
    log_x: true,
    y: "variance",
    lines: &[power!("alpha = 6", "3"), power!("alpha = 4", "2"), power!("alpha = 2", "1")],
};
