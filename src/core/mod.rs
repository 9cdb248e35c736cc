use crate::random::Rng;
pub mod signs;
pub fn points(n:usize,d:usize,seed:u64)->Vec<f64>{let mut r=Rng::seeded(seed);let mut x=vec![0.;n*d];for row in x.chunks_exact_mut(d){r.unit_vector(row)};x}
pub fn dot(a:&[f64],b:&[f64])->f64{a.iter().zip(b).map(|(x,y)|x*y).sum()}
pub fn cosine(x:&[f64],d:usize,i:usize,j:usize)->f64{ if i==j {return 1.0} dot(&x[i*d..][..d],&x[j*d..][..d]).clamp(-1.,1.)}
