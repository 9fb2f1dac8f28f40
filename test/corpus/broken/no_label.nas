nas 1
// What is not a bare name needs a label.

space labels(c = 8) {
  input x: image[8, 8, 1]
  output x |> choose { conv(c, 3), max_pool(3) } |> classifier(10)
}
