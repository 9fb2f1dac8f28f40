nas 1

space tuples {
  input x: image[8, 8, 1]
  let (k, f, s) = choose {(3, 16, 1), (5, 24, 2)}
  output x |> conv(f, k, s) |> classifier(10)
}
