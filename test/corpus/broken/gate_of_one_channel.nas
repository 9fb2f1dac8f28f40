nas 1
// A product wants equal shapes on both sides.

space gated(c = 8) {
  input x: image[8, 8, 1]
  let y = x |> conv(c, choose k {3, 5})
  let gate = y |> conv(1, 1) |> sigmoid
  output y * gate |> classifier(10)
}
