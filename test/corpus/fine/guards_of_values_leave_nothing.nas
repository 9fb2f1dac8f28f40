nas 1

space guarded {
  input x: image[8, 8, 1]
  let width = choose {16, 32, 64}
  let k = choose {1, 3 when width < 32, 5 when width < 64}
  output x |> conv(width, k) |> classifier(10)
}
