nas 1

space turns {
  input x: image[8, 8, 1]
  let depth = choose 1..4
  output x |> repeat depth { conv(8, 3) } |> repeat max(depth - 2, 0) { relu } |> classifier(10)
}
