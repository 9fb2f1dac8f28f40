nas 1

space small {
  input x: image[8, 8, 1]
  let w = choose {16, 32}
  output x |> conv(w, 3) |> classifier(10)
  require params <= 400
}
