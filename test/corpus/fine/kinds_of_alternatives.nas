nas 1

space kinds(c = 8) {
  input x: image[8, 8, 1]
  let stem = x |> conv(c, 3)
  output stem |> choose { conv: conv(c, 3), skip: identity } |> classifier(10)
}
