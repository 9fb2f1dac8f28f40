nas 1

space gated(c = 8) {
  input x: image[8, 8, 1]
  let y = x |> conv(c, choose k {3, 5})
  let gate = y |> conv(c, 1) |> sigmoid
  output y * gate |> classifier(10)
}
