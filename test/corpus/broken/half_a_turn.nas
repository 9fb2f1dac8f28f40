nas 1
// A number of turns that is no whole number under one answer.

space turns {
  input x: image[8, 8, 1]
  let depth = choose {2, 3}
  output x |> repeat depth * 0.5 { conv(8, 3) } |> classifier(10)
}
