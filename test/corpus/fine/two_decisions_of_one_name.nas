nas 1

space chain {
  input x: image[8, 8, 1]
  let first = x |> layer()
  let second = first |> layer()
  output second |> classifier(10)
}

motif layer(x) = x |> conv(choose f {16, 24}, 3) |> relu
