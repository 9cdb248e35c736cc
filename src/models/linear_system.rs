//! Linear dynamical systems with one input and one output: simulation, impulse response, transfer
//! function, and how the response changes with the parameters.
//!
//! $h_{t+1} = A h_t + B x_t$, $y_t = C h_t + D x_t$, $h_0 = 0$, in controllable canonical form:
//! with $p(z) = z^n + a_1 z^{n-1} + \dots + a_n$ and $s(z) = c_1 z^{n-1} + \dots + c_n$ the
//! transfer function is $G(z) + D$, $G = s / p$. The Markov parameters $r_k = C A^k B$ are its
//! coefficients, $G(z) = \sum_{k \ge 0} r_k z^{-k-1}$. Cost: $2n$ multiplications a step.
//!
//! Source: T. Kailath, 1980, *Linear Systems*, chapter 2; the test of stability is the one of
//! Schur and Cohn (E. I. Jury, 1964, *Theory and Application of the z-Transform Method*).

pub use nalgebra::Complex;

/// Why parameters are refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LinearSystemError {
    /// No state, or not as many output weights as there are states.
    #[error(
        "a system of order n >= 1 has n coefficients a and n output weights c, not \
         {characteristic} and {output}"
    )]
    Order {
        /// How many coefficients there are.
        characteristic: usize,
        /// How many output weights there are.
        output: usize,
    },
    /// An infinity or NaN among the parameters.
    #[error("the parameters a, c and D must be finite numbers")]
    NotFinite,
    /// A root on the unit circle or outside.
    #[error(
        "the system is not stable: by hypothesis all roots of z^n + a_1 z^(n-1) + .. + a_n lie \
         inside the unit circle, and the reflection coefficient {reflection} of order {order} is \
         not inside (-1, 1)"
    )]
    Unstable {
        /// The first reflection coefficient that shows it.
        reflection: f64,
        /// At which order of the recursion.
        order: usize,
    },
}

/// A stable system of order $n$.
///
/// ```
/// use theoremcheck::models::linear_system::LinearSystem;
/// let system = LinearSystem::new(&[-0.5], &[2.0], 1.0).unwrap();
/// let mut response = [0.0; 3];
/// system.markov(&mut response);
/// assert_eq!(response, [2.0, 1.0, 0.5]);
/// let refused = LinearSystem::new(&[-1.5], &[2.0], 1.0).unwrap_err();
/// assert!(refused.to_string().contains("inside the unit circle"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LinearSystem {
    characteristic: Vec<f64>,
    output: Vec<f64>,
    feedthrough: f64,
}

/// The slopes of a function of a system by its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Slopes {
    /// By $a_1, \dots, a_n$.
    pub characteristic: Vec<f64>,
    /// By $c_1, \dots, c_n$.
    pub output: Vec<f64>,
}

impl LinearSystem {
    /// From $a_1, \dots, a_n$, $c_1, \dots, c_n$ and $D$.
    ///
    /// # Errors
    /// $n = 0$, different lengths, parameters that are not finite, or a root of $p$ that is not
    /// inside the unit circle.
    pub fn new(
        characteristic: &[f64],
        output: &[f64],
        feedthrough: f64,
    ) -> Result<Self, LinearSystemError> {
        let (order, outputs) = (characteristic.len(), output.len());
        if order == 0 || order != outputs {
            return Err(LinearSystemError::Order { characteristic: order, output: outputs });
        }
        let all = characteristic.iter().chain(output).chain([&feedthrough]);
        if !all.into_iter().all(|x| x.is_finite()) {
            return Err(LinearSystemError::NotFinite);
        }
        check_stability(characteristic)?;
        let (characteristic, output) = (characteristic.to_vec(), output.to_vec());
        Ok(Self { characteristic, output, feedthrough })
    }

    /// $n$.
    pub fn order(&self) -> usize {
        self.characteristic.len()
    }

    /// $a_1, \dots, a_n$.
    pub fn characteristic(&self) -> &[f64] {
        &self.characteristic
    }

    /// $c_1, \dots, c_n$.
    pub fn output(&self) -> &[f64] {
        &self.output
    }

    /// $D$.
    pub fn feedthrough(&self) -> f64 {
        self.feedthrough
    }

    /// Steps the state through all inputs from $h_0 = 0$, one output for each; `state` is a buffer
    /// of $n$ numbers.
    ///
    /// # Panics
    /// If there are not as many outputs as inputs, or the state has another length.
    pub fn run(&self, inputs: &[f64], outputs: &mut [f64], state: &mut [f64]) {
        let n = self.order();
        assert_eq!(inputs.len(), outputs.len(), "one output for each input");
        assert_eq!(state.len(), n, "the state has as many numbers as the order");
        state.fill(0.0);
        // The companion matrix shifts the state up; its last row is -a_n, .., -a_1 and B = e_n.
        for (x, y) in inputs.iter().zip(outputs) {
            let (mut seen, mut next) = (self.feedthrough * x, *x);
            for (h, (a, c)) in state.iter().zip(self.characteristic.iter().zip(&self.output).rev())
            {
                seen += c * h;
                next -= a * h;
            }
            *y = seen;
            state.copy_within(1.., 0);
            state[n - 1] = next;
        }
    }

    /// $r_0, r_1, \dots$, as many as there is room for, by the recursion of the power series of
    /// $s / p$.
    pub fn markov(&self, out: &mut [f64]) {
        for k in 0..out.len() {
            let direct = self.output.get(k).copied().unwrap_or(0.0);
            out[k] = direct - self.fed_back(out, k);
        }
    }

    /// $\sum_{i \le k} a_i u_{k-i}$.
    fn fed_back(&self, u: &[f64], k: usize) -> f64 {
        let pairs = self.characteristic.iter().zip(u[..k].iter().rev());
        pairs.map(|(a, u)| a * u).sum()
    }

    /// $p(z) / z^n$ at $w = 1/z$: $1 + a_1 w + \dots + a_n w^n$.
    pub fn denominator(&self, w: Complex<f64>) -> Complex<f64> {
        let rest = self
            .characteristic
            .iter()
            .rev()
            .fold(Complex::from(0.0), |sum, a| (sum + Complex::from(*a)) * w);
        rest + 1.0
    }

    /// $G(z) = s(z) / p(z)$ at $w = 1/z$, without $D$.
    pub fn transfer(&self, w: Complex<f64>) -> Complex<f64> {
        let numerator = self
            .output
            .iter()
            .rev()
            .fold(Complex::from(0.0), |sum, c| (sum + Complex::from(*c)) * w);
        numerator / self.denominator(w)
    }

    /// The gradient of $\sum_k (r_k - \rho_k)^2$ by the parameters of this system, the sum over as
    /// many terms as `target` has numbers $\rho_k$.
    ///
    /// $\partial r_k / \partial c_j$ and $\partial r_k / \partial a_j$ are the responses of
    /// $z^{n-j} / p$ and of $- z^{n-j} s / p^2$: shifts of two sequences.
    pub fn slopes(&self, target: &[f64]) -> Slopes {
        let terms = target.len();
        let [mut response, mut by_output, mut by_pole] = [(); 3].map(|()| vec![0.0; terms]);
        self.markov(&mut response);
        for k in 0..terms {
            by_output[k] = f64::from(u8::from(k == 0)) - self.fed_back(&by_output, k);
            let driven = if k > 0 { response[k - 1] } else { 0.0 };
            by_pole[k] = -driven - self.fed_back(&by_pole, k);
        }
        let slope = |sequence: &[f64], shift: usize| -> f64 {
            let moved = sequence.iter().zip(response.iter().zip(target).skip(shift));
            moved.map(|(s, (r, rho))| 2.0 * (r - rho) * s).sum()
        };
        let all = |sequence: &[f64]| (0..self.order()).map(|j| slope(sequence, j)).collect();
        Slopes { characteristic: all(&by_pole), output: all(&by_output) }
    }
}

/// The coefficients $a_1, \dots, a_n$ of the polynomial with the given real roots and conjugate
/// pairs of (modulus, argument).
pub fn from_roots(real: &[f64], pairs: &[[f64; 2]]) -> Vec<f64> {
    let mut all = vec![1.0];
    let mut times = |factor: &[f64]| {
        let mut product = vec![0.0; all.len() + factor.len() - 1];
        for (i, a) in all.iter().enumerate() {
            for (j, b) in factor.iter().enumerate() {
                product[i + j] += a * b;
            }
        }
        all = product;
    };
    real.iter().for_each(|root| times(&[1.0, -root]));
    for [modulus, argument] in pairs {
        times(&[1.0, -2.0 * modulus * argument.cos(), modulus * modulus]);
    }
    all.split_off(1)
}

/// All roots are inside the unit circle exactly if all reflection coefficients of the step-down
/// recursion are inside $(-1, 1)$.
fn check_stability(characteristic: &[f64]) -> Result<(), LinearSystemError> {
    let mut a = characteristic.to_vec();
    while let Some(reflection) = a.pop() {
        // A NaN after an overflow is no proof of stability.
        if reflection.is_nan() || reflection.abs() >= 1.0 {
            return Err(LinearSystemError::Unstable { reflection, order: a.len() + 1 });
        }
        let scale = (1.0 - reflection) * (1.0 + reflection);
        let reversed: Vec<f64> = a.iter().rev().copied().collect();
        a.iter_mut().zip(reversed).for_each(|(x, y)| *x = (*x - reflection * y) / scale);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn third_order() -> LinearSystem {
        let a = from_roots(&[0.7], &[[0.9, 2.0]]);
        LinearSystem::new(&a, &[1.0, -0.4, 0.3], 0.25).unwrap()
    }

    #[test]
    fn polynomials_have_their_roots() {
        assert_eq!(from_roots(&[0.5, -0.25], &[]), [-0.25, -0.125]);
        let a = from_roots(&[0.7], &[[0.9, 2.0]]);
        let root = Complex::from_polar(0.9, 2.0);
        let value = ((root + a[0]) * root + a[1]) * root + a[2];
        assert!(value.norm() < 1e-15, "{value}");
    }

    #[test]
    fn an_impulse_gives_the_markov_parameters_by_the_recursion() {
        let system = third_order();
        let mut inputs = [0.0; 40];
        inputs[0] = 1.0;
        let (mut outputs, mut state, mut markov) = ([0.0; 40], [0.0; 3], [0.0; 39]);
        system.run(&inputs, &mut outputs, &mut state);
        system.markov(&mut markov);
        assert_eq!(outputs[0], 0.25);
        for (seen, expected) in outputs[1..].iter().zip(&markov) {
            assert!((seen - expected).abs() < 1e-15);
        }
    }

    #[test]
    fn the_transfer_function_is_the_sum_of_its_series() {
        let system = third_order();
        let mut markov = [0.0; 600];
        system.markov(&mut markov);
        for angle in [0.0, 0.3, 1.9, 3.0] {
            let w = Complex::from_polar(1.0, -angle);
            let series = markov.iter().rev().fold(Complex::from(0.0), |sum, r| (sum + *r) * w);
            assert!((series - system.transfer(w)).norm() < 1e-12, "{angle}");
        }
    }

    #[test]
    fn outputs_are_linear_and_do_not_depend_on_what_ran_before() {
        let system = third_order();
        let mut state = [7.0; 3];
        let mut outputs = |inputs: &[f64]| {
            let mut y = vec![0.0; inputs.len()];
            system.run(inputs, &mut y, &mut state);
            y
        };
        let (one, two) = (outputs(&[1.0, 2.0, -1.0, 0.5]), outputs(&[2.0, 4.0, -2.0, 1.0]));
        assert!(one.iter().zip(&two).all(|(x, y)| (2.0 * x - y).abs() < 1e-15));
    }

    #[test]
    fn slopes_are_differences() {
        let system = third_order();
        let target = LinearSystem::new(&[-0.5, 0.1, 0.0], &[0.3, 0.2, -1.0], 0.0).unwrap();
        let mut rho = [0.0; 300];
        target.markov(&mut rho);
        let risk = |system: &LinearSystem| -> f64 {
            let mut r = [0.0; 300];
            system.markov(&mut r);
            r.iter().zip(&rho).map(|(r, rho)| (r - rho).powi(2)).sum()
        };
        let slopes = system.slopes(&rho);
        for j in 0..3 {
            let difference = |of_pole: bool| {
                let at = |shift: f64| {
                    let (mut a, mut c) = (system.characteristic.clone(), system.output.clone());
                    if of_pole {
                        a[j] += shift
                    } else {
                        c[j] += shift
                    }
                    risk(&LinearSystem::new(&a, &c, 0.0).unwrap())
                };
                (at(1e-6) - at(-1e-6)) / 2e-6
            };
            assert!((slopes.characteristic[j] / difference(true) - 1.0).abs() < 1e-6);
            assert!((slopes.output[j] / difference(false) - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn slopes_of_the_first_order_are_those_of_its_closed_form() {
        // r_k = c b^k for the pole b: the sum of squares is c^2 / (1 - b^2).
        let (b, c) = (0.6, 1.5);
        let slopes = LinearSystem::new(&[-b], &[c], 0.0).unwrap().slopes(&[0.0; 200]);
        let left = 1.0 - b * b;
        assert!((slopes.output[0] - 2.0 * c / left).abs() < 1e-14);
        assert!((slopes.characteristic[0] + 2.0 * b * c * c / (left * left)).abs() < 1e-13);
    }

    #[test]
    fn what_is_not_stable_is_refused_by_the_hypothesis() {
        for (real, pair) in [(1.01, 0.5), (0.5, 1.01), (-1.3, 0.2), (0.2, 1.1), (-1.01, 0.9)] {
            let a = from_roots(&[real], &[[pair, 1.0]]);
            let error = LinearSystem::new(&a, &[0.0; 3], 0.0).unwrap_err();
            // A root of modulus 1 may round to the inside by one unit.
            let text = error.to_string();
            assert!(text.contains("inside the unit circle"), "{real} {pair}: {text}");
        }
        for (real, pair) in [(0.999, 0.5), (-0.5, 0.999), (0.0, 0.0)] {
            let a = from_roots(&[real], &[[pair, 1.0]]);
            assert!(LinearSystem::new(&a, &[0.0; 3], 0.0).is_ok(), "{real} {pair}");
        }
        let order = LinearSystem::new(&[], &[], 0.0).unwrap_err();
        assert_eq!(order, LinearSystemError::Order { characteristic: 0, output: 0 });
        let unequal = LinearSystem::new(&[0.1], &[1.0, 2.0], 0.0).unwrap_err();
        assert_eq!(unequal, LinearSystemError::Order { characteristic: 1, output: 2 });
        let nan = LinearSystem::new(&[f64::NAN], &[1.0], 0.0);
        assert_eq!(nan, Err(LinearSystemError::NotFinite));
        assert_eq!(LinearSystem::new(&[0.1], &[1.0], f64::INFINITY), nan);
    }
}
