nas 1
// A requirement speaks of costs and decisions.

space costs {
  input x: image[8, 8, 1]
  let y = x |> conv(choose {8, 16}, 3)
  output y |> classifier(10)
  require y
}
