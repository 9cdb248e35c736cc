(* What the emitted proofs share: substitutions that sweep a range, signs of sums and products,
   elementary functions as new symbols with what is known of them, and the mean value theorem. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.

(* Every value of a range, as a rational function of a new symbol. *)

Lemma above_open : forall a x, a < x -> exists u, 0 < u /\ x = a + u.
Proof. intros a x H; exists (x - a); split; lra. Qed.

Lemma above_closed : forall a x, a <= x -> exists u, 0 <= u /\ x = a + u.
Proof. intros a x H; exists (x - a); split; lra. Qed.

Lemma below_open : forall b x, x < b -> exists u, 0 < u /\ x = b - u.
Proof. intros b x H; exists (b - x); split; lra. Qed.

Lemma below_closed : forall b x, x <= b -> exists u, 0 <= u /\ x = b - u.
Proof. intros b x H; exists (b - x); split; lra. Qed.

Lemma whole_line : forall x, (exists u, 0 <= u /\ x = u) \/ (exists u, 0 <= u /\ x = - u).
Proof.
intros x; destruct (Rle_or_lt 0 x); [left; exists x | right; exists (- x)]; split; lra.
Qed.

Lemma between_open : forall a b x, a < x -> x < b ->
  exists u, 0 < u /\ x = (a + b * u) / (1 + u).
Proof.
intros a b x H G; exists ((x - a) / (b - x)); split.
- apply Rdiv_lt_0_compat; lra.
- field; split; lra.
Qed.

Lemma between_low : forall a b x, a <= x -> x < b ->
  exists u, 0 <= u /\ x = (a + b * u) / (1 + u).
Proof.
intros a b x H G; exists ((x - a) / (b - x)); split.
- apply Rdiv_le_0_compat; lra.
- field; split; lra.
Qed.

Lemma between_high : forall a b x, a < x -> x <= b ->
  exists u, 0 <= u /\ x = (b + a * u) / (1 + u).
Proof.
intros a b x H G; exists ((b - x) / (x - a)); split.
- apply Rdiv_le_0_compat; lra.
- field; split; lra.
Qed.

Lemma between_closed : forall a b x, a <= x -> x <= b ->
  (exists u, 0 <= u /\ x = (a + b * u) / (1 + u)) \/
  (exists u, 0 <= u /\ x = (b + a * u) / (1 + u)).
Proof.
intros a b x H G; destruct (Rlt_or_le x b) as [K | K].
- left; apply between_low; lra.
- right; exists 0; split; [lra | field_simplify; lra].
Qed.

(* Signs. *)

Lemma pos_ne : forall a, 0 < a -> a <> 0. Proof. intros; lra. Qed.
Lemma neg_ne : forall a, 0 < - a -> a <> 0. Proof. intros; lra. Qed.
Lemma pos_eq : forall b a, a = b -> 0 < b -> 0 < a. Proof. intros b a ->; trivial. Qed.
Lemma nonneg_eq : forall b a, a = b -> 0 <= b -> 0 <= a. Proof. intros b a ->; trivial. Qed.
Lemma weaken : forall a, 0 < a -> 0 <= a. Proof. intros; lra. Qed.
Lemma opp_ne : forall a, a <> 0 -> - a <> 0. Proof. intros; lra. Qed.
Lemma mul_ne : forall a b, a <> 0 -> b <> 0 -> a * b <> 0.
Proof. intros; apply Rmult_integral_contrapositive_currified; trivial. Qed.
Lemma div_ne : forall a b, a <> 0 -> b <> 0 -> a / b <> 0.
Proof. intros; apply mul_ne; [ | apply Rinv_neq_0_compat]; trivial. Qed.
Lemma nonneg_div : forall a b, 0 <= a -> 0 < b -> 0 <= a / b.
Proof. intros; apply Rdiv_le_0_compat; trivial. Qed.
Lemma pos_div : forall a b, 0 < a -> 0 < b -> 0 < a / b.
Proof. intros; apply Rdiv_lt_0_compat; trivial. Qed.

Lemma nonneg_mul_neg : forall a b, 0 <= - a -> 0 <= - b -> 0 <= a * b.
Proof. intros a b H G; replace (a * b) with (- a * - b) by ring; apply Rmult_le_pos; trivial. Qed.
Lemma pos_mul_neg : forall a b, 0 < - a -> 0 < - b -> 0 < a * b.
Proof. intros a b H G; replace (a * b) with (- a * - b) by ring; apply Rmult_lt_0_compat; trivial. Qed.
Lemma nonpos_mul_left : forall a b, 0 <= - a -> 0 <= b -> 0 <= - (a * b).
Proof. intros a b H G; replace (- (a * b)) with (- a * b) by ring; apply Rmult_le_pos; trivial. Qed.
Lemma nonpos_mul_right : forall a b, 0 <= a -> 0 <= - b -> 0 <= - (a * b).
Proof. intros a b H G; replace (- (a * b)) with (a * - b) by ring; apply Rmult_le_pos; trivial. Qed.
Lemma neg_mul_left : forall a b, 0 < - a -> 0 < b -> 0 < - (a * b).
Proof. intros a b H G; replace (- (a * b)) with (- a * b) by ring; apply Rmult_lt_0_compat; trivial. Qed.
Lemma neg_mul_right : forall a b, 0 < a -> 0 < - b -> 0 < - (a * b).
Proof. intros a b H G; replace (- (a * b)) with (a * - b) by ring; apply Rmult_lt_0_compat; trivial. Qed.
Lemma nonpos_div : forall a b, 0 <= - a -> 0 < b -> 0 <= - (a / b).
Proof. intros a b H G; replace (- (a / b)) with (- a / b) by (field; lra); apply nonneg_div; trivial. Qed.
Lemma neg_div : forall a b, 0 < - a -> 0 < b -> 0 < - (a / b).
Proof. intros a b H G; replace (- (a / b)) with (- a / b) by (field; lra); apply pos_div; trivial. Qed.
Lemma nonpos_add : forall a b, 0 <= - a -> 0 <= - b -> 0 <= - (a + b). Proof. intros; lra. Qed.
Lemma neg_add : forall a b, 0 < - a -> 0 <= - b -> 0 < - (a + b). Proof. intros; lra. Qed.
Lemma even_power : forall n a, 0 <= a ^ (2 * n).
Proof. intros n a; rewrite pow_mult; apply pow_le, pow2_ge_0. Qed.
Lemma even_power_pos : forall n a, a <> 0 -> 0 < a ^ (2 * n).
Proof. intros n a H; rewrite pow_mult; apply pow_lt, pow2_gt_0; trivial. Qed.

(* a + b sqrt r, the root eliminated. *)

Lemma first_larger : forall a b s r, 0 <= s -> s * s - r = 0 -> 0 <= a ->
  0 <= a * a - b * b * r -> 0 <= a + b * s.
Proof.
intros a b s r S E A H; replace r with (s * s) in H by lra.
apply Rnot_lt_le; intro K; nra.
Qed.
Lemma first_larger_strictly : forall a b s r, 0 <= s -> s * s - r = 0 -> 0 <= a ->
  0 < a * a - b * b * r -> 0 < a + b * s.
Proof.
intros a b s r S E A H; replace r with (s * s) in H by lra.
apply Rnot_le_lt; intro K; nra.
Qed.
Lemma second_larger : forall a b s r, 0 <= s -> s * s - r = 0 -> 0 <= b ->
  0 <= b * b * r - a * a -> 0 <= a + b * s.
Proof.
intros a b s r S E B H; replace r with (s * s) in H by lra.
assert (0 <= b * s) by (apply Rmult_le_pos; trivial).
apply Rnot_lt_le; intro K; nra.
Qed.
Lemma second_larger_strictly : forall a b s r, 0 <= s -> s * s - r = 0 -> 0 <= b ->
  0 < b * b * r - a * a -> 0 < a + b * s.
Proof.
intros a b s r S E B H; replace r with (s * s) in H by lra.
assert (0 <= b * s) by (apply Rmult_le_pos; trivial).
apply Rnot_le_lt; intro K; nra.
Qed.

(* Elementary functions as new symbols. *)

Lemma atom_root : forall x, 0 <= x -> exists s, s = sqrt x /\ 0 <= s /\ s * s - x = 0.
Proof.
intros x H; exists (sqrt x); split; [reflexivity | split; [apply sqrt_pos | ]].
rewrite sqrt_sqrt; [ring | exact H].
Qed.
Lemma atom_root_pos : forall x, 0 < x -> exists s, s = sqrt x /\ 0 < s /\ s * s - x = 0.
Proof.
intros x H; exists (sqrt x); split; [reflexivity | split; [apply sqrt_lt_R0; exact H | ]].
rewrite sqrt_sqrt; [ring | lra].
Qed.
Lemma atom_exp : forall x, exists s, s = exp x /\ 0 < s.
Proof. intros x; exists (exp x); split; [reflexivity | apply exp_pos]. Qed.
Lemma atom_ln : forall x, exists s, s = ln x. Proof. intros x; exists (ln x); reflexivity. Qed.
Lemma atom_circle : forall x, exists s c, s = sin x /\ c = cos x /\ s * s + c * c - 1 = 0.
Proof.
intros x; exists (sin x), (cos x); repeat split.
pose proof (sin2_cos2 x) as H; unfold Rsqr in H; lra.
Qed.
Lemma atom_acos : forall x, exists s, s = acos x /\ 0 <= s /\ 0 <= PI - s.
Proof. intros x; exists (acos x); pose proof (acos_bound x); repeat split; lra. Qed.
Lemma exp_power : forall k x, exp (INR k * x) = exp x ^ k.
Proof.
induction k as [ | k IH]; intros x.
- simpl; rewrite Rmult_0_l; apply exp_0.
- rewrite S_INR, Rmult_plus_distr_r, exp_plus, IH, Rmult_1_l; simpl; ring.
Qed.
Lemma exp_power_eq : forall k x y, y = INR k * x -> exp y = exp x ^ k.
Proof. intros k x y ->; apply exp_power. Qed.
Lemma exp_inverse_eq : forall k x y, y = - (INR k * x) -> exp y = / (exp x ^ k).
Proof. intros k x y ->; rewrite exp_Ropp, exp_power; reflexivity. Qed.

(* Slopes. *)

Lemma is_derive_eq : forall l (f : R -> R) x m, is_derive f x l -> l = m -> is_derive f x m.
Proof. intros l f x m H <-; exact H. Qed.

Lemma rises_from : forall (f df : R -> R) a x, a <= x ->
  (forall y, a <= y -> y <= x -> is_derive f y (df y)) ->
  (forall y, a < y -> y < x -> 0 <= df y) -> f a <= f x.
Proof.
intros f df a x [K | K] D H; [ | rewrite K; lra].
destruct (MVT_cor2 f df a x K) as [c [E C]].
- intros c [C1 C2]; apply is_derive_Reals, D; assumption.
- assert (0 <= df c * (x - a)) by (apply Rmult_le_pos; [apply H | ]; lra); lra.
Qed.
Lemma falls_until : forall (f df : R -> R) a x, x <= a ->
  (forall y, x <= y -> y <= a -> is_derive f y (df y)) ->
  (forall y, x < y -> y < a -> 0 <= - df y) -> f a <= f x.
Proof.
intros f df a x [K | K] D H; [ | rewrite K; lra].
destruct (MVT_cor2 f df x a K) as [c [E C]].
- intros c [C1 C2]; apply is_derive_Reals, D; assumption.
- assert (0 <= - df c * (a - x)) by (apply Rmult_le_pos; [apply H | ]; lra); lra.
Qed.

Lemma integral_of_slope : forall (f df ddf : R -> R) a b,
  (forall y, Rmin a b <= y <= Rmax a b -> is_derive f y (df y)) ->
  (forall y, Rmin a b <= y <= Rmax a b -> is_derive df y (ddf y)) ->
  is_RInt df a b (f b - f a).
Proof.
intros f df ddf a b D E; apply (is_RInt_derive f df); [exact D | ].
intros y Y; apply (ex_derive_continuous df y); exists (ddf y); exact (E y Y).
Qed.

(* Signs of what is made of sums, products and quotients of nonnegative terms. *)

Ltac nonneg :=
  match goal with
  | |- 0 <= _ + _ => apply Rplus_le_le_0_compat; nonneg
  | |- 0 <= _ * _ => apply Rmult_le_pos; nonneg
  | |- 0 <= _ ^ _ => apply pow_le; nonneg
  | |- 0 <= _ / _ => apply nonneg_div; [nonneg | pos]
  | |- 0 <= IZR _ => apply IZR_le; discriminate
  | |- 0 <= PI => apply weaken, PI_RGT_0
  | _ => first [assumption | apply weaken; assumption]
  end
with pos :=
  match goal with
  | |- 0 < _ + _ =>
      first [ apply Rplus_lt_le_0_compat; [pos | nonneg] | apply Rplus_le_lt_0_compat; [nonneg | pos] ]
  | |- 0 < _ * _ => apply Rmult_lt_0_compat; pos
  | |- 0 < _ ^ _ => apply pow_lt; pos
  | |- 0 < _ / _ => apply pos_div; pos
  | |- 0 < IZR _ => apply IZR_lt; reflexivity
  | |- 0 < PI => exact PI_RGT_0
  | _ => assumption
  end.

(* A condition that is known in another form. *)
Ltac known :=
  first
  [ assumption
  | match goal with
    | H : ?a <> 0 |- ?b <> 0 =>
        let K := fresh in intro K; apply H; transitivity b; [ring | exact K]
    | H : ?a <> 0 |- ?b <> 0 =>
        let K := fresh in intro K; apply H; transitivity (- b); [ring | rewrite K; ring]
    | H : 0 < ?a |- 0 < ?b => apply (pos_eq a); [ring | exact H]
    | H : 0 <= ?a |- 0 <= ?b => apply (nonneg_eq a); [ring | exact H]
    end ].

Ltac nonzero :=
  first
  [ known
  | apply pos_ne; pos
  | match goal with |- ?p <> 0 => apply pos_ne; ring_simplify p; pos end
  | match goal with |- ?p <> 0 => apply neg_ne; ring_simplify (- p); pos end
  | lra | apply mul_ne; nonzero | apply pow_nonzero; nonzero
  | nra ].

(* The conditions of `field` and of `auto_derive`. *)
Ltac sides :=
  repeat match goal with |- _ /\ _ => split end;
  match goal with
  | |- True => exact I
  | |- _ <> 0 => nonzero
  | |- _ => known
  end.

(* After `auto_derive`: its own form of the slope against the one that is written. *)
Ltac same_slope :=
  first [simpl; field; sides | unfold Rdiv, Rminus; simpl; field; sides].
