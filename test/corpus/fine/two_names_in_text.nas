nas 1

space named {
  input x: image[8, 8, 1]
  let a = x |> conv(16, choose k_1 {3, 5}) |> relu |> conv(16, choose k_2 {1, 3})
  output a |> classifier(10)
}
