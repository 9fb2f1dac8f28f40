nas 1

space tiny {
  input x: image[8, 8, 1]
  let a = x |> layer()
  output a |> classifier(10)
}
motif layer(x) = x |> conv(choose f {8, 16}, k: 3)
architecture best of tiny { a = 16 }
