nas 1
// Two bodies hold a decision of this name.

space tiny {
  input x: image[8, 8, 1]
  let a = x |> layer()
  let b = a |> layer()
  output b |> classifier(10)
}
motif layer(x) = x |> conv(choose f {8, 16}, choose k {3, 5})
architecture best of tiny { f = 8, k = 3 }
