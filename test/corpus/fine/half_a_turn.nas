nas 1

space turns {
  input x: image[8, 8, 1]
  let depth = choose {2, 3}
  output x |> repeat floor(depth / 2) { conv(8, 3) } |> classifier(10)
}
