nas 1
// With a depth of 1 there would be -1 turns.

space turns {
  input x: image[8, 8, 1]
  let depth = choose 1..4
  output x |> repeat depth { conv(8, 3) } |> repeat depth - 2 { relu } |> classifier(10)
}
