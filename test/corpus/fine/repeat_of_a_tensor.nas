nas 1

space turns {
  input x: image[8, 8, 1]
  let y = conv(1, 3)
  output x |> repeat 2 { y } |> conv(choose {8, 16}, 1) |> classifier(10)
}
