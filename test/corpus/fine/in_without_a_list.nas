nas 1

space membership {
  input x: image[8, 8, 1]
  let k = choose {1, 3, 5}
  output x |> conv(8, k, stride: if k in [3, 5] then 2 else 1) |> classifier(10)
}
