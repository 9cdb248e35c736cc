//! The catalogue: published claims of overparameterised learning, one file for each result.

mod ali2019;
mod allenzhu2019;
mod arora2018;
mod arora2019;
mod bartlett2020;
mod bartlett2021;
mod bubeck2021;
mod du2018;
mod du2019;
mod hanin2019;
mod hardt2018;
mod hastie2022;
mod hazan2017;
mod heckel2021;
mod holzmuller2021;
mod jacot2018;
mod lee2019;
mod mallinar2022;
mod marchenko1967;
mod maurer2004;
mod mei2022;
mod molchanov2017;
mod nakkiran2019;
mod nakkiran2020;
mod nakkiran2021;
mod panels;
mod wishart1928;
mod zhang2017;

use theoremcheck::prelude::Catalogue;

/// What each paper is about: the report filters by it.
const TOPICS: &[(&str, &str)] = &[
    ("ali2019", "early stopping and ridge"),
    ("allenzhu2019", "training of wide networks"),
    ("arora2018", "deep linear networks"),
    ("arora2019", "training of wide networks"),
    ("bartlett2020", "benign overfitting"),
    ("bartlett2021", "benign overfitting"),
    ("bubeck2021", "robustness and isoperimetry"),
    ("du2018", "deep linear networks"),
    ("du2019", "training of wide networks"),
    ("hanin2019", "networks at initialisation"),
    ("hardt2018", "linear dynamical systems"),
    ("hastie2022", "ridgeless regression"),
    ("hazan2017", "linear dynamical systems"),
    ("heckel2021", "double descent"),
    ("holzmuller2021", "ridgeless regression"),
    ("jacot2018", "networks at initialisation"),
    ("lee2019", "training of wide networks"),
    ("mallinar2022", "benign overfitting"),
    ("marchenko1967", "random matrices"),
    ("maurer2004", "generalization bounds"),
    ("mei2022", "random features"),
    ("molchanov2017", "variational inference"),
    ("nakkiran2019", "double descent"),
    ("nakkiran2020", "double descent"),
    ("nakkiran2021", "double descent"),
    ("wishart1928", "random matrices"),
    ("zhang2017", "implicit regularisation"),
];

/// Every theorem. A new one is one file, one `mod` line in its paper's `mod.rs`, and one line here.
pub fn catalogue() -> Catalogue {
    Catalogue::new(vec![
        ali2019::gradient_flow::theorem(),
        ali2019::optimal_ratio::theorem(),
        ali2019::ridge_ratio::theorem(),
        allenzhu2019::gradient::theorem(),
        allenzhu2019::semi_smoothness::theorem(),
        arora2018::end_to_end::theorem(),
        arora2018::lp_acceleration::theorem(),
        arora2018::no_regulariser::theorem(),
        arora2019::complexity::theorem(),
        arora2019::eigenmodes::theorem(),
        bartlett2020::benign_spectra::theorem(),
        bartlett2020::bias::theorem(),
        bartlett2020::effective_ranks::theorem(),
        bartlett2020::leave_one_out::theorem(),
        bartlett2020::variance::theorem(),
        bartlett2021::kernel_linearisation::theorem(),
        bartlett2021::operator_norm::theorem(),
        bartlett2021::spectral_tail::theorem(),
        bubeck2021::clusters::theorem(),
        bubeck2021::d_fold::theorem(),
        bubeck2021::finite_class::theorem(),
        bubeck2021::gated_collapse::theorem(),
        bubeck2021::isoperimetry::theorem(),
        bubeck2021::linear_class::theorem(),
        bubeck2021::selection::theorem(),
        bubeck2021::universal_law::theorem(),
        du2018::balancedness::theorem(),
        du2018::homogeneous::theorem(),
        du2019::convergence::theorem(),
        du2019::gram::theorem(),
        du2019::kernel_positivity::theorem(),
        hanin2019::kurtosis::theorem(),
        hardt2018::idealised_risk::theorem(),
        hardt2018::quasi_convexity::theorem(),
        hastie2022::bias::theorem(),
        hastie2022::correlated::theorem(),
        hastie2022::covariance::theorem(),
        hastie2022::cross_validation::theorem(),
        hastie2022::gaussian_variance::theorem(),
        hastie2022::general_ridge::theorem(),
        hastie2022::isotropic::theorem(),
        hastie2022::isotropic_ridge::theorem(),
        hastie2022::latent::theorem(),
        hastie2022::misspecification::theorem(),
        hastie2022::nonlinear_features::theorem(),
        hastie2022::optimal_ridge::theorem(),
        hastie2022::threshold::theorem(),
        hastie2022::universality::theorem(),
        hastie2022::variance_tail::theorem(),
        hazan2017::hankel::theorem(),
        heckel2021::epoch_descent::theorem(),
        holzmuller2021::peak::theorem(),
        jacot2018::init_fluctuation::theorem(),
        jacot2018::kernels::theorem(),
        lee2019::lazy_training::theorem(),
        mallinar2022::power_law::theorem(),
        marchenko1967::density::theorem(),
        marchenko1967::edges::theorem(),
        marchenko1967::fluctuations::theorem(),
        marchenko1967::rigidity::theorem(),
        marchenko1967::stieltjes::theorem(),
        maurer2004::kl_inversion::theorem(),
        mei2022::random_features::theorem(),
        molchanov2017::kl_approximation::theorem(),
        molchanov2017::kl_divergence::theorem(),
        nakkiran2019::more_data::theorem(),
        nakkiran2020::effective_complexity::theorem(),
        nakkiran2020::label_noise::theorem(),
        nakkiran2021::optimal_ridge::theorem(),
        wishart1928::moments::theorem(),
        zhang2017::gradient_descent::theorem(),
    ])
    .topics(TOPICS)
    .panels(panels::PANELS)
}
