nas 1
// A tensor among stages.

space kinds(c = 8) {
  input x: image[8, 8, 1]
  let stem = x |> conv(c, 3)
  output stem |> choose { conv: conv(c, 3), skip: stem } |> classifier(10)
}
