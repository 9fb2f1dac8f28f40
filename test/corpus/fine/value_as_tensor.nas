nas 1

space kinds {
  input x: image[8, 8, 1]
  let depth = choose 1..3
  output x |> repeat depth { conv(8, 3) } |> classifier(10)
}
