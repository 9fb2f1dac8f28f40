nas 1

space costs {
  input x: image[8, 8, 1]
  let y = x |> conv(choose {8, 16}, 3)
  output y |> classifier(10)
  require channels(y) > 8
}
