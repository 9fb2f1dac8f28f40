nas 1
// A tuple of three is taken apart in two.

space tuples {
  input x: image[8, 8, 1]
  let (k, f) = choose {(3, 16, 1), (5, 24, 2)}
  output x |> conv(f, k) |> classifier(10)
}
