nas 1

space tensors(c = 8) {
  input x: image[8, 8, 1]
  let y = x |> conv(c, choose k {3, 5})
  output (x |> fit(y)) + y |> classifier(10)
}
