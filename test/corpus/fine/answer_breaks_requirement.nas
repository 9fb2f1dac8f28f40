nas 1

space small {
  input x: image[8, 8, 1]
  output x |> conv(choose w {8, 64}, 3) |> classifier(10)
  require params <= 400
}
architecture best of small { w = 8 }
