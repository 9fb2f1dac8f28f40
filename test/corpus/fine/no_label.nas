nas 1

space labels(c = 8) {
  input x: image[8, 8, 1]
  output x |> choose { conv: conv(c, 3), pool: max_pool(3) } |> classifier(10)
}
