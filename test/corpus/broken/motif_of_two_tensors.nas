nas 1
// `fit` wants the tensor that is fitted and the one that it is fitted to.

space tensors(c = 8) {
  input x: image[8, 8, 1]
  let y = x |> conv(c, choose k {3, 5})
  output (x |> fit()) + y |> classifier(10)
}
