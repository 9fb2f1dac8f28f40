nas 1
// A brace was forgotten.

space brackets(c = 8) {
  input x: image[8, 8, 1]
  let y = x |> choose { conv: conv(c, 3), pool: max_pool(3)
  output y |> classifier(10)
}
