use super::*;
pub struct Sign{n:usize,d:usize,m:usize,xt:Vec<f64>,z:Vec<f64>,w:Vec<f64>,bits:Vec<u64>,words:usize,c:Vec<f64>,h:Vec<f64>}
impl Sign{
 pub fn new(n:usize,d:usize,m:usize,x:Vec<f64>)->Self{
  let mut xt=vec![0.;n*d]; for i in 0..n{for k in 0..d{xt[k*n+i]=x[i*d+k];}}
  let mut c=vec![0.;n*n];let mut h=vec![0.;n*n];
  for i in 0..n{for j in 0..n{let g=cosine(&x,d,i,j);c[i*n+j]=g;h[i*n+j]=g*(0.25+g.asin()/(2.*std::f64::consts::PI));}}
  let words=m.div_ceil(64);
  Self{n,d,m,xt,z:vec![0.;n],w:vec![0.;d],bits:vec![0;n*words],words,c,h}
 }
 pub fn draw(&mut self,r:&mut Rng){
  self.bits.fill(0);
  for k in 0..self.m{
   r.fill_normal(&mut self.w);
   self.z.fill(0.);
   for (w,row) in self.w.iter().zip(self.xt.chunks_exact(self.n)){for (z,x) in self.z.iter_mut().zip(row){*z+=w*x;}}
   let (word,bit)=(k/64,k%64);
   for (b,z) in self.bits.chunks_exact_mut(self.words).zip(&self.z){b[word]|=u64::from(*z>=0.)<<bit;}
  }
 }
 pub fn square(&self,m:usize)->f64{
  let mut s=0.;
  for i in 0..self.n{let a=&self.bits[i*self.words..][..self.words];
   for j in 0..=i{let b=&self.bits[j*self.words..][..self.words];
    let mut cnt=0;let mut left=m;
    for (x,y) in a.iter().zip(b){let mask=if left>=64{u64::MAX}else if left==0{0}else{(1u64<<left)-1};cnt+=(x&y&mask).count_ones();left=left.saturating_sub(64);}
    let e=self.c[i*self.n+j]*cnt as f64/m as f64-self.h[i*self.n+j];
    s+=if i==j{e*e}else{2.*e*e};
   }}
  s
 }
}
