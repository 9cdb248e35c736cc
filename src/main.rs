#![allow(dead_code)]
#[path="/work/wt/du/src/random.rs"] mod random;
#[path="/work/wt/du/src/given.rs"] mod given;
mod core;
use random::Rng;
use core::*;
use std::time::Instant;
fn ms(x:&[f64])->(f64,f64,f64){let n=x.len() as f64;let m=x.iter().sum::<f64>()/n;let v=x.iter().map(|a|(a-m).powi(2)).sum::<f64>()/(n-1.);
 let g=x.iter().map(|a|(a-m).powi(3)).sum::<f64>()/n/v.powf(1.5);(m,v.sqrt(),g)}
fn main(){
  let a:Vec<String>=std::env::args().collect();
  match a[1].as_str(){
   "gram"=>{
    for (n,d,m) in [(8,4,8),(16,8,16),(32,8,16),(32,16,16),(12,8,4),(8,8,1)]{
      let x=points(n,d,7);
      let mut s=signs::Sign::new(n,d,m,x.clone());
      let t=Instant::now(); let k=20000;
      let v:Vec<f64>=(0..k).map(|i|{let mut r=Rng::seeded(i); s.draw(&mut r); s.square(m)*m as f64}).collect();
      let el=t.elapsed().as_secs_f64()/k as f64;
      let (mean,sd,g)=ms(&v);
      let mut th=0.;let mut mut1=0.;
      for i in 0..n{for j in 0..n{let c=cosine(&x,d,i,j); let q=(std::f64::consts::PI-c.acos())/(2.*std::f64::consts::PI); th+=c*c*q*(1.-q); mut1+=c*c*q;}}
      println!("n{n} d{d} m{m}: mean {mean:.4} theory {th:.4} +-{:.4} cv {:.3} skew {g:.2} us {:.2} need {:.0} -> {:.3}s/pt  mut q {:.3}",sd/(k as f64).sqrt(),sd/mean,el*1e6,(7.3*sd/mean/0.01f64).powi(2),(7.3*sd/mean/0.01f64).powi(2)*el, mut1/th);
    }
   }
   _=>{}
  }
}
