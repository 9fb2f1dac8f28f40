nas 1

space inception(c = 8) {
  input x: image[32, 32, 3]
  let a = x |> conv(c, 1, stride: 2)
  let b = x |> conv(c, 3, stride: 2)
  let d = x |> max_pool(3, 2)
  output concat([a, b, d]) |> classifier(10)
}
